using System.Text.Encodings.Web;
using System.Text.Json;
using Loopai.Core.Data;

namespace Loopai.Core.Tasks;

/// <summary>What became of an upload.</summary>
/// <param name="Received">Rows that were read; the sum of the other counts.</param>
/// <param name="Added">Inputs that were new.</param>
/// <param name="Updated">Inputs that were there with another output, or came again with another.</param>
/// <param name="Unchanged">Inputs that were there with the same output.</param>
/// <param name="Rejected">Rows that were left out.</param>
/// <param name="Errors">Why rows were left out; the first hundred.</param>
public sealed record ImportResult(int Received, int Added, int Updated, int Unchanged, int Rejected, IReadOnlyList<RowError> Errors);

/// <param name="Total">All examples.</param>
/// <param name="Training">Those that programs may learn from.</param>
/// <param name="DistinctOutputs">How many different outputs there are.</param>
/// <param name="Outputs">The most frequent of them.</param>
public sealed record ExampleCounts(int Total, int Training, int DistinctOutputs, IReadOnlyList<OutputCount> Outputs);

/// <param name="Output">The output.</param>
/// <param name="Count">Examples with it.</param>
/// <param name="Training">Those of them that programs may learn from.</param>
public sealed record OutputCount(JsonElement Output, int Count, int Training);

/// <param name="Search">Part of an input or output, whatever its case.</param>
/// <param name="Output">Only examples with exactly this output.</param>
/// <param name="ForTraining">Only those that programs may learn from, or only the others.</param>
public sealed record ExampleFilter(string? Search = null, JsonElement? Output = null, bool? ForTraining = null)
{
    internal IQueryable<Example> Apply(IQueryable<Example> examples)
    {
        if (!string.IsNullOrWhiteSpace(Search))
        {
            // Texts are stored as JSON, so what is searched for has to be escaped like them.
            var search = JsonEncodedText.Encode(Search.Trim().ToLowerInvariant(), JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value;
            examples = examples.Where(e => e.Input.ToLower().Contains(search) || e.Output.ToLower().Contains(search));
        }

        if (Output is { } output)
        {
            var text = CanonicalJson.Text(output);
            examples = examples.Where(e => e.Output == text);
        }

        return ForTraining is { } forTraining ? examples.Where(e => e.ForTraining == forTraining) : examples;
    }
}
