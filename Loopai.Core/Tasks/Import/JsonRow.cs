using System.Buffers;
using System.Text.Json;

namespace Loopai.Core.Tasks.Import;

/// <summary>Reads <c>{input, output, forTraining?}</c>.</summary>
internal static class JsonRow
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static ExampleRow Parse(int row, ReadOnlySequence<byte> json)
    {
        JsonElement value;
        try
        {
            value = json.IsSingleSegment ? JsonElement.Parse(json.FirstSpan, Strict) : JsonElement.Parse(json.ToArray(), Strict);
        }
        catch (JsonException e)
        {
            return ExampleRow.Rejected(row, "", $"This is not JSON that can be read: {JsonFault.Of(e)}");
        }
        catch (InvalidOperationException)
        {
            // A member's name with half a surrogate pair, met while names are compared.
            return ExampleRow.Rejected(row, "", "The name of a member is not valid Unicode.");
        }

        return value.ValueKind == JsonValueKind.Object
            ? Parse(row, value)
            : ExampleRow.Rejected(row, "", "A row is an object {\"input\": …, \"output\": …}.");
    }

    private static ExampleRow Parse(int row, JsonElement value)
    {
        if (!value.TryGetProperty("input", out var input))
        {
            return ExampleRow.Rejected(row, "/input", "The member \"input\" is missing.");
        }

        if (!value.TryGetProperty("output", out var output))
        {
            return ExampleRow.Rejected(row, "/output", "The member \"output\" is missing.");
        }

        if (!value.TryGetProperty("forTraining", out var forTraining) && !value.TryGetProperty("for_training", out forTraining))
        {
            return new ExampleRow(row, new ExampleDraft(input, output), null);
        }

        return forTraining.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? new ExampleRow(row, new ExampleDraft(input, output, forTraining.GetBoolean()), null)
            : ExampleRow.Rejected(row, "/forTraining", "\"forTraining\" is true or false.");
    }
}
