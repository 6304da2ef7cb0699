using System.Text.Json;
using Loopai.Core.Schemas.Compilation;
using Loopai.Core.Schemas.Evaluation;
using Loopai.Core.Schemas.Formats;

namespace Loopai.Core.Schemas;

/// <summary>A JSON Schema of draft 2020-12, compiled once and safe to use from many threads.</summary>
public sealed class JsonSchema
{
    private readonly SchemaNode _root;
    private readonly SchemaOptions _options;
    private readonly bool _tracksScope;

    private JsonSchema(SchemaNode root, SchemaOptions options, bool tracksScope)
    {
        _root = root;
        _options = options;
        _tracksScope = tracksScope;
    }

    /// <exception cref="InvalidSchemaException">The text is not JSON, or not a schema.</exception>
    public static JsonSchema Compile(string json)
    {
        try
        {
            // Parsed deeper than schemas may be, so that depth is reported like every other limit.
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 4 * SchemaOptions.Default.MaxSchemaDepth });
            return Compile(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new InvalidSchemaException("", $"the schema is not JSON: {exception.Message}", exception);
        }
    }

    /// <exception cref="InvalidSchemaException">The value is not a schema, or one that asks for what is not supported.</exception>
    public static JsonSchema Compile(JsonElement schema, SchemaOptions? options = null)
    {
        RequireValue(schema);
        options ??= SchemaOptions.Default;
        if (options.AssertedFormats.FirstOrDefault(format => FormatChecks.Find(format) is null) is { } unknown)
        {
            throw new ArgumentException($"The format {unknown} cannot be checked.", nameof(options));
        }

        var root = SchemaCompiler.Compile(schema.Clone(), options, out var tracksScope);
        return new JsonSchema(root, options, tracksScope);
    }

    /// <summary>Whether the instance fits. Stops at the first fault and allocates nothing for ordinary schemas.</summary>
    public bool IsValid(JsonElement instance)
    {
        RequireValue(instance);
        var state = new EvaluationState(_options, _tracksScope);
        try
        {
            return _root.IsValid(instance, ref state) && state.Fault is null;
        }
        catch (InsufficientExecutionStackException)
        {
            return false;
        }
    }

    /// <summary>Everything that is wrong with the instance, up to a limit; empty when it fits.</summary>
    public IReadOnlyList<SchemaError> Validate(JsonElement instance, int maxErrors = 100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxErrors, 1);
        if (IsValid(instance))
        {
            return [];
        }

        var state = new EvaluationState(_options, _tracksScope);
        var errors = new ErrorCollector(maxErrors);
        try
        {
            _root.Explain(instance, InstancePath.Root, ref state, errors);
        }
        catch (InsufficientExecutionStackException)
        {
            state.GiveUp(EvaluationFault.TooNested);
        }

        if (state.Fault is { } fault)
        {
            errors.Add(InstancePath.Root, fault.SchemaPointer, fault.Keyword, fault.Message);
        }

        return errors.Errors;
    }

    private static void RequireValue(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Undefined)
        {
            throw new ArgumentException("The element has no value.", nameof(element));
        }
    }
}
