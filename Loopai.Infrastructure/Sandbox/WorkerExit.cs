namespace Loopai.Infrastructure.Sandbox;

/// <summary>Words for a worker that ended by itself.</summary>
internal static class WorkerExit
{
    private const int FirstSignal = 128, Abort = 6, Kill = 9, SegmentationFault = 11, CpuTime = 24;
    private static readonly string[] OutOfMemory = ["heap out of memory", "bad_alloc", "Cannot allocate memory", "Out of memory", "allocation failed"];

    public static string Describe(int code, string printed, SandboxOptions options, string noun)
    {
        if (code != 0 && OutOfMemory.Any(words => printed.Contains(words, StringComparison.OrdinalIgnoreCase)))
        {
            return $"the {noun} ran out of memory (limit {options.MemoryMegabytes} MB)";
        }

        return code switch
        {
            FirstSignal + CpuTime or FirstSignal + Kill => 
                $"the {noun} was killed: it used more than {options.CpuSeconds} s of processor time, or the machine ran out of memory",
            FirstSignal + SegmentationFault => $"the {noun} crashed its interpreter (segmentation fault), as recursion without end does",
            FirstSignal + Abort => $"the {noun} crashed its interpreter{LastLine(printed)}",
            > FirstSignal => $"the {noun} was ended by signal {code - FirstSignal}",
            _ => $"the {noun} ended its own process (exit code {code}){LastLine(printed)}",
        };
    }

    private static string LastLine(string printed) =>
        printed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() is { } line
            ? $"; it last printed: {(line.Length > 200 ? line[..200] : line)}"
            : "";
}
