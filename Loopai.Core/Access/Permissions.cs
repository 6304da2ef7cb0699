namespace Loopai.Core.Access;

/// <summary>Everything a caller may be allowed to do, as <c>area:verb</c>. Services demand these; endpoints and pages mirror them.</summary>
public static class Permissions
{
    public const string TasksRead = "tasks:read";
    public const string TasksWrite = "tasks:write";
    public const string ProgramsWrite = "programs:write";
    public const string ProgramsActivate = "programs:activate";
    public const string ExecutionsRun = "executions:run";
    public const string ExecutionsRead = "executions:read";

    /// <summary>Record executions of the past, with their own clock. Only the demo and imports hold it.</summary>
    public const string ExecutionsImport = "executions:import";

    public const string ValidationsRead = "validations:read";
    public const string ValidationsDecide = "validations:decide";
    public const string KeysManage = "keys:manage";
    public const string OrganizationManage = "organization:manage";

    /// <summary>Every permission.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        TasksRead, TasksWrite, ProgramsWrite, ProgramsActivate, ExecutionsRun, ExecutionsRead, ExecutionsImport,
        ValidationsRead, ValidationsDecide, KeysManage, OrganizationManage,
    ];

    /// <summary>What an owner holds: everything but setting the clock of an execution.</summary>
    public static readonly IReadOnlyList<string> Owner = [.. All.Where(p => p != ExecutionsImport)];

    /// <summary>What a key gets when nothing else is asked for: all of the tasks' life, nothing of the organization's.</summary>
    public static readonly IReadOnlyList<string> DefaultKey =
    [
        TasksRead, TasksWrite, ProgramsWrite, ProgramsActivate, ExecutionsRun, ExecutionsRead, ValidationsRead, ValidationsDecide,
    ];
}
