using System.Collections.Frozen;

namespace Loopai.Core.Schemas;

/// <summary>How schemas are compiled, and what one schema may cost.</summary>
public sealed record SchemaOptions
{
    /// <summary>The formats that are asserted unless <see cref="AssertedFormats"/> says otherwise: those that callers rely on and that are cheap.</summary>
    public static readonly IReadOnlySet<string> DefaultAssertedFormats =
        new[] { "date-time", "date", "time", "email", "uri", "uuid", "ipv4", "ipv6" }.ToFrozenSet(StringComparer.Ordinal);

    // After the formats it refers to: static fields are set in the order they are written.
    public static readonly SchemaOptions Default = new();

    /// <summary>Whether a string that does not fit its <c>format</c> is refused; when false, <c>format</c> only annotates.</summary>
    public bool AssertFormat { get; init; } = true;

    /// <summary>The formats that are asserted; the others only annotate. Each must be one that Loopai can check.</summary>
    public IReadOnlySet<string> AssertedFormats { get; init; } = DefaultAssertedFormats;

    /// <summary>The largest schema, in bytes of UTF-8.</summary>
    public int MaxSchemaBytes { get; init; } = 256 * 1024;

    /// <summary>How deep a schema may be nested.</summary>
    public int MaxSchemaDepth { get; init; } = 64;

    /// <summary>
    /// How many subschemas one validation may apply. References let a small schema ask for exponential work; an ordinary
    /// instance of a megabyte stays far below this.
    /// </summary>
    public int MaxSteps { get; init; } = 2_000_000;

    /// <summary>How deep subschemas may be applied within each other, references included.</summary>
    public int MaxEvaluationDepth { get; init; } = 2_000;

    /// <summary>How long one pattern may take on one string.</summary>
    public TimeSpan PatternTimeout { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long all patterns together may take on one instance. Only those that cannot be matched in linear time count.</summary>
    public TimeSpan TotalPatternTimeout { get; init; } = TimeSpan.FromMilliseconds(250);
}
