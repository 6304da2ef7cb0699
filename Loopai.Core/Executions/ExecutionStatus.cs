namespace Loopai.Core.Executions;

/// <summary>How one execution ended.</summary>
public enum ExecutionStatus
{
    /// <summary>The program answered, and its output fits the task's output schema.</summary>
    Success,

    /// <summary>The program failed: it threw, exited, or broke a limit other than time.</summary>
    Error,

    /// <summary>The program did not answer within the time it was given.</summary>
    Timeout,

    /// <summary>The program answered with something that the task's output schema does not allow.</summary>
    InvalidOutput,
}
