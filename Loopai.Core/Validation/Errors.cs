using Loopai.Core.Errors;

namespace Loopai.Core.Validation;

internal static class ValidationErrors
{
    public static NotFoundException NotFound(Guid id) => new("validation.not_found", $"There is no validation {id} in this organization.");

    public static NotFoundException TaskNotFound(Guid id) => new("task.not_found", $"There is no task {id} in this organization.");

    public static ConflictException AlreadyDecided(string? byName) =>
        new("validation.already_decided", $"{byName ?? "Somebody else"} has already decided this one. Undo that verdict to give another.");

    public static ConflictException NotDecided() => new("validation.not_decided", "This one has no verdict to undo.");

    public static ConflictException ExampleMeanwhile() =>
        new("validation.example_meanwhile", "Somebody else labelled the same input at this moment, so nothing was saved. Decide again.");

    public static InvalidException NotOneVerdict() =>
        new("validation.verdict", "match", "Give either match (true or false) or expected (the right output), and not both.");

    public static InvalidException ExampleWithoutOutput() =>
        new("validation.verdict", "addExample", "An example needs the right output: give expected, or match: true.");

    public static InvalidException ExpectedDoesNotFit(IReadOnlyDictionary<string, string[]> errors) =>
        new("validation.expected", "The expected output does not fit the task's output schema.", errors);

    public static InvalidException ForeignEnvironment() =>
        new("validation.environment", "environment", "An API key sees its own environment only. Leave environment out, or use a key of the other one.");

    public static InvalidException UnknownWord(string field, string value, IEnumerable<string> known) =>
        new("validation.filter", field, $"{field} is one of {string.Join(", ", known)}; got '{value}'.");
}
