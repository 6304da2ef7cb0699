using System.Text.Json;
using Loopai.Core.Schemas;

namespace Loopai.Core.Tasks;

/// <summary>What the examples of a task have to fit: its schemas, compiled once for an upload.</summary>
public sealed class ExampleSchemas
{
    private const int ShownFaults = 3;

    private readonly JsonSchema _input;
    private readonly JsonSchema _output;

    /// <param name="inputSchema">JSON Schema of the input.</param>
    /// <param name="outputSchema">JSON Schema of the output.</param>
    public ExampleSchemas(string inputSchema, string outputSchema)
    {
        _input = JsonSchema.Compile(inputSchema);
        _output = JsonSchema.Compile(outputSchema);
        InputSchema = JsonElement.Parse(inputSchema);
        OutputSchema = JsonElement.Parse(outputSchema);
    }

    public JsonElement InputSchema { get; }

    public JsonElement OutputSchema { get; }

    public static ExampleSchemas Of(TaskDefinition task) => new(task.InputSchema, task.OutputSchema);

    /// <summary>Where and why the input does not fit; null when it does.</summary>
    public (string Pointer, string Message)? FaultOfInput(JsonElement input) => FaultOf(_input, input, "/input");

    /// <summary>Where and why the output does not fit; null when it does.</summary>
    public (string Pointer, string Message)? FaultOfOutput(JsonElement output) => FaultOf(_output, output, "/output");

    private static (string Pointer, string Message)? FaultOf(JsonSchema schema, JsonElement value, string root)
    {
        var errors = schema.Validate(value);
        if (errors.Count == 0)
        {
            return null;
        }

        var first = errors[0];
        var others = errors.Skip(1).Take(ShownFaults - 1).Select(e => $"{root}{e.InstancePointer}: {e.Message}").ToList();
        if (errors.Count > ShownFaults)
        {
            others.Add($"and {errors.Count - ShownFaults} more");
        }

        return (root + first.InstancePointer, string.Join("; ", others.Prepend(first.Message)));
    }
}
