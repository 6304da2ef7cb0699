using Microsoft.AspNetCore.Components;

namespace Loopai.Portal.Components.Inputs;

/// <summary>What every field with a label has.</summary>
public abstract class FieldBase : ComponentBase
{
    private readonly string ownId = $"f{Guid.NewGuid():N}"[..12];

    [Parameter] public string? Label { get; set; }

    [Parameter] public string? Help { get; set; }

    [Parameter] public string? Error { get; set; }

    [Parameter] public bool Optional { get; set; }

    [Parameter] public bool Disabled { get; set; }

    /// <summary>Names the field where no visible label does.</summary>
    [Parameter] public string? AriaLabel { get; set; }

    [Parameter] public string? Id { get; set; }

    /// <summary>The form's field name, for forms posted without a circuit.</summary>
    [Parameter] public string? Name { get; set; }

    [Parameter(CaptureUnmatchedValues = true)] public IReadOnlyDictionary<string, object>? Rest { get; set; }

    // A page rendered twice (prerendered, then interactive) keeps working labels: each rendering has ids of its own.
    protected string FieldId => Id ?? ownId;

    protected string? DescribedBy => Field.DescribedBy(FieldId, Error, Help);

    protected string? Invalid => string.IsNullOrEmpty(Error) ? null : "true";
}
