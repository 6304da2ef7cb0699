using System.ComponentModel.DataAnnotations;

namespace Loopai.Core.Configuration;

/// <summary>The demonstration data of a first start.</summary>
public sealed class DemoSettings
{
    /// <summary>True makes the demo organization on the first start.</summary>
    public bool Enabled { get; init; }

    /// <summary>The slug of the demo organization.</summary>
    [RegularExpression("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", ErrorMessage = "give a slug: lower-case letters, digits and hyphens, such as acme")]
    public string Organization { get; init; } = "acme";
}
