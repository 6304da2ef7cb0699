using Loopai.Core.Errors;

namespace Loopai.Core.Tasks;

internal static class ExampleErrors
{
    public static NotFoundException NotFound(Guid id) => new("example.not_found", $"There is no example {id} of this task.");

    /// <summary>Examples that came in a request of their own, not as an upload: all of them fit, or none is taken.</summary>
    public static InvalidException Invalid(IReadOnlyDictionary<string, string[]> errors) =>
        new("example.invalid", errors.Count == 1 ? $"The example does not fit the task: {errors.First().Value[0]}" : "Some examples do not fit the task.", errors);

    public static InvalidException Empty() => Unreadable("examples.empty", "The upload holds no rows. Nothing was changed.");

    public static InvalidException NotJson(int row, string reason) =>
        Unreadable("examples.not_json", $"The JSON cannot be read at row {row}: {reason} Nothing was taken.");

    public static InvalidException NotCsv(string reason) => Unreadable("examples.not_csv", $"The CSV cannot be read: {reason} Nothing was taken.");

    public static InvalidException RowTooLarge(int row) => Unreadable(
        "examples.row_too_large", $"Row {row} is larger than {ExampleReader.MaxRowBytes / 1024} KB, which is the most a row may have. Nothing was taken.");

    public static InvalidException TooMany(int limit) => Unreadable(
        "examples.too_many", FormattableString.Invariant($"One upload takes at most {limit:N0} rows, and this one has more. Nothing was taken: send it in parts."));

    public static ConflictException Concurrent() =>
        new("examples.concurrent", "Another upload changed the same examples meanwhile. Nothing of this one was taken: send it again.");

    private static InvalidException Unreadable(string code, string message) => new(code, "body", message);
}
