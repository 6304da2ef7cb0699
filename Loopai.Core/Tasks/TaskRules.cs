using Loopai.Core.Errors;
using Loopai.Core.Schemas;

namespace Loopai.Core.Tasks;

/// <summary>What a specification has to keep to. Every fault is told at once.</summary>
internal static class TaskRules
{
    private const int MaxNameLength = 200;
    private const int MaxDescriptionLength = 10_000;

    public static void ForCreation(TaskSpecification task)
    {
        var errors = new FieldErrors()
            .AddIf(string.IsNullOrWhiteSpace(task.Name), "name", "A task needs a name.")
            .AddIf(task.InputSchema is null, "inputSchema", "A task needs a JSON Schema of its input.")
            .AddIf(task.OutputSchema is null, "outputSchema", "A task needs a JSON Schema of its output.");
        Check(task, errors);
    }

    public static void ForChange(TaskSpecification task) =>
        Check(task, new FieldErrors().AddIf(task.Name is not null && string.IsNullOrWhiteSpace(task.Name), "name", "A task needs a name."));

    private static void Check(TaskSpecification task, FieldErrors errors)
    {
        errors
            .AddIf(task.Name?.Length > MaxNameLength, "name", $"A name has at most {MaxNameLength} characters.")
            .AddIf(task.Description?.Length > MaxDescriptionLength, "description", $"A description has at most {MaxDescriptionLength} characters.")
            .AddIf(task.AccuracyTarget is not (null or (>= 0 and <= 1)), "accuracyTarget", "A number from 0 to 1: 0.95 for 95 %.")
            .AddIf(task.LatencyTargetMs is not (null or (> 0 and <= 600_000)), "latencyTargetMs", "Milliseconds, more than 0 and at most 600,000.");
        task.Sampling?.Validate(errors, "sampling");
        task.Tags?.Validate(errors);
        CheckSchema(task.InputSchema, "inputSchema", errors);
        CheckSchema(task.OutputSchema, "outputSchema", errors);
        errors.ThrowIfAny("task.invalid", "The task cannot be taken as it stands.");
    }

    private static void CheckSchema(string? schema, string field, FieldErrors errors)
    {
        if (schema is null)
        {
            return;
        }

        try
        {
            JsonSchema.Compile(schema);
        }
        catch (InvalidSchemaException e)
        {
            errors.Add(field + e.Pointer, e.Message);
        }
    }
}
