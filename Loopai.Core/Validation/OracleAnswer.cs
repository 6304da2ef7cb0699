using System.Globalization;

namespace Loopai.Core.Validation;

/// <summary>What an oracle said about one execution.</summary>
internal sealed record OracleAnswer(ValidationStatus Status, string? Expected = null, string? DecidedBy = null, string? DecidedByName = null)
{
    public static readonly OracleAnswer AskAPerson = new(ValidationStatus.InReview);

    public static readonly OracleAnswer NobodyKnows = new(ValidationStatus.Undecidable);

    /// <summary>The runtime that the oracle took, where it ran a program.</summary>
    public string? Runtime { get; init; }

    /// <summary>How long it ran there, in microseconds.</summary>
    public long LatencyUs { get; init; }

    public static OracleAnswer OfLabel(ValidationRecord validation, string label) => Of(validation, label, Validation.DecidedBy.Labels, null);

    public static OracleAnswer OfVersion(ValidationRecord validation, string output, int version) =>
        Of(validation, output, Validation.DecidedBy.Version, version.ToString(CultureInfo.InvariantCulture));

    private static OracleAnswer Of(ValidationRecord validation, string expected, string by, string? name) => new(
        OutputMatch.Same(validation.Actual, expected) ? ValidationStatus.Matched : ValidationStatus.Mismatched, VerdictRules.Canonical(expected), by, name);
}
