using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;

namespace Loopai.Core.Schemas.Keywords;

/// <summary>Says how far off the nearest of several alternatives is, rather than listing what is wrong with each.</summary>
internal static class ClosestAlternative
{
    private const int EnoughErrors = 20;

    public static string Describe(SchemaNode[] alternatives, JsonElement instance, InstancePath path, ref EvaluationState state)
    {
        SchemaError? best = null;
        var fewest = int.MaxValue;
        foreach (var alternative in alternatives)
        {
            var errors = new ErrorCollector(EnoughErrors);
            alternative.Explain(instance, path, ref state, errors);
            if (errors.Count > 0 && Distance(errors) < fewest)
            {
                fewest = Distance(errors);
                best = errors.Errors[0];
            }
        }

        var summary = $"expected one of {alternatives.Length} alternatives, none fits";
        return best is null ? summary : $"{summary}; the closest fails at \"{best.InstancePointer}\": {best.Message}";
    }

    // A value of another type is farther off than one with a few faults.
    private static int Distance(ErrorCollector errors) =>
        errors.Count + (errors.Errors.Any(error => error.Keyword == "type") ? EnoughErrors : 0);
}
