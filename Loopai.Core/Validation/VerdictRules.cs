using System.Text.Json;
using Loopai.Core.Data;
using Loopai.Core.Schemas;
using Loopai.Core.Tasks;

namespace Loopai.Core.Validation;

/// <summary>What a verdict means for a validation.</summary>
internal static class VerdictRules
{
    /// <summary>The status and the right output that follow from the verdict.</summary>
    public static (ValidationStatus Status, string? Expected) Resolve(Verdict verdict, ValidationRecord validation, TaskDefinition task)
    {
        if (verdict.Match is { } match)
        {
            return match ? (ValidationStatus.Matched, Canonical(validation.Actual)) : (ValidationStatus.Mismatched, null);
        }

        var expected = verdict.Expected!.Value;
        CheckFits(task.OutputSchema, expected);
        var text = CanonicalJson.Text(expected);
        return (OutputMatch.Same(validation.Actual, text) ? ValidationStatus.Matched : ValidationStatus.Mismatched, text);
    }

    public static void Check(Verdict verdict)
    {
        if (verdict.Match is null == (verdict.Expected is null or { ValueKind: JsonValueKind.Undefined }))
        {
            throw ValidationErrors.NotOneVerdict();
        }

        if (verdict is { AddExample: true, Match: false })
        {
            throw ValidationErrors.ExampleWithoutOutput();
        }
    }

    /// <summary>One text for the same output, so that the database can count it.</summary>
    public static string? Canonical(string? json)
    {
        if (json is null)
        {
            return null;
        }

        using var document = JsonDocument.Parse(json);
        return CanonicalJson.Text(document.RootElement);
    }

    private static void CheckFits(string schema, JsonElement expected)
    {
        var errors = JsonSchema.Compile(schema).Validate(expected);
        if (errors.Count > 0)
        {
            throw ValidationErrors.ExpectedDoesNotFit(
                errors.GroupBy(e => "expected" + e.InstancePointer, e => e.Message, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToArray()));
        }
    }
}
