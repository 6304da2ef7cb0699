namespace Loopai.Core.Tasks.Import;

/// <summary>Examples that came in a request of their own: checked together, so that a caller sees every fault at once.</summary>
internal static class DraftedExamples
{
    private const int ShownFaults = 100;

    /// <exception cref="Errors.InvalidException">One or more do not fit.</exception>
    public static IReadOnlyList<ExampleDraft> Of(IReadOnlyList<ExampleInput> rows, ExampleSchemas schemas, Func<int, string> nameOf)
    {
        var drafts = new List<ExampleDraft>(rows.Count);
        var faults = new Dictionary<string, string[]>();
        for (var i = 0; i < rows.Count && faults.Count < ShownFaults; i++)
        {
            var row = rows[i];
            if (row.Input is not { } input || row.Output is not { } output)
            {
                faults[$"{nameOf(i)}/{(row.Input is null ? "input" : "output")}"] = ["An example needs an input and an output."];
            }
            else if (ExampleReader.Check(input, output, row.ForTraining, schemas) is { Error: { } error })
            {
                faults[nameOf(i) + error.Pointer] = [error.Message];
            }
            else
            {
                drafts.Add(new ExampleDraft(input, output, row.ForTraining));
            }
        }

        return faults.Count == 0 ? drafts : throw ExampleErrors.Invalid(faults);
    }
}
