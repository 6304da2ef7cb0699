using System.Collections.Frozen;

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

    /// <summary>See experiments, their results, metrics and holdouts.</summary>
    public const string ExperimentsRead = "experiments:read";

    /// <summary>Plan, start, pause and stop experiments, and define metrics.</summary>
    public const string ExperimentsWrite = "experiments:write";

    /// <summary>Approve experiments, and say what comes of them.</summary>
    public const string ExperimentsDecide = "experiments:decide";

    public const string FlagsRead = "flags:read";
    public const string FlagsWrite = "flags:write";
    public const string RolloutsRead = "rollouts:read";
    public const string RolloutsWrite = "rollouts:write";

    /// <summary>Send what units did outside: conversions, revenue, corrections.</summary>
    public const string EventsWrite = "events:write";

    /// <summary>See the organization's settings, environments, members, teams and roles.</summary>
    public const string OrganizationRead = "organization:read";

    /// <summary>Change the organization's settings and environments.</summary>
    public const string OrganizationManage = "organization:manage";

    /// <summary>Delete the organization, take that back, and hand over its ownership.</summary>
    public const string OrganizationDelete = "organization:delete";

    /// <summary>Invite, remove and deactivate people, and put them in teams.</summary>
    public const string MembersManage = "members:manage";

    /// <summary>Define roles, and grant them to people and teams.</summary>
    public const string RolesManage = "roles:manage";

    /// <summary>Connect identity providers and directories, verify domains, and hand out provisioning tokens.</summary>
    public const string SignOnManage = "sign_on:manage";

    public const string KeysRead = "keys:read";
    public const string KeysManage = "keys:manage";
    public const string AuditRead = "audit:read";

    /// <summary>Set how long the audit log is kept and where it is streamed to.</summary>
    public const string AuditManage = "audit:manage";

    /// <summary>See figures over executions, verdicts and costs, and dashboards of them.</summary>
    public const string AnalyticsRead = "analytics:read";

    /// <summary>Make and change dashboards, and annotate figures.</summary>
    public const string DashboardsWrite = "dashboards:write";

    public const string UsageRead = "usage:read";

    /// <summary>Set the quotas of the organization, its environments and keys.</summary>
    public const string QuotasManage = "quotas:manage";

    /// <summary>See what everything costs, and what it would have cost.</summary>
    public const string CostsRead = "costs:read";

    /// <summary>Keep the price book, re-price what was charged, and say which language model a task is compared with.</summary>
    public const string PricesManage = "prices:manage";

    /// <summary>Set budgets, and lift what they stopped.</summary>
    public const string BudgetsManage = "budgets:manage";

    /// <summary>See reports, their runs and files, and run them for oneself.</summary>
    public const string ReportsRead = "reports:read";

    /// <summary>Make and change reports.</summary>
    public const string ReportsWrite = "reports:write";

    /// <summary>Send reports to people, now and by schedules.</summary>
    public const string ReportsSend = "reports:send";

    /// <summary>Pause, run, end and retry the jobs of others.</summary>
    public const string JobsManage = "jobs:manage";

    /// <summary>See webhooks, and what was sent to them.</summary>
    public const string WebhooksRead = "webhooks:read";

    /// <summary>Make, change and delete webhooks.</summary>
    public const string WebhooksManage = "webhooks:manage";

    /// <summary>Send again what a webhook was sent before.</summary>
    public const string WebhooksReplay = "webhooks:replay";

    /// <summary>See the marketplace, the plugins that are installed, and what they said.</summary>
    public const string PluginsRead = "plugins:read";

    /// <summary>Install, configure, attach, upgrade and remove plugins.</summary>
    public const string PluginsManage = "plugins:manage";

    /// <summary>Keep publishers, and publish, deprecate and yank versions of plugins.</summary>
    public const string PluginsPublish = "plugins:publish";

    /// <summary>Decide about versions that wait for a review, appeals and reported abuse.</summary>
    public const string PluginsReview = "plugins:review";

    /// <summary>Every permission.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        TasksRead, TasksWrite, ProgramsWrite, ProgramsActivate, ExecutionsRun, ExecutionsRead, ExecutionsImport,
        ValidationsRead, ValidationsDecide, ExperimentsRead, ExperimentsWrite, ExperimentsDecide, FlagsRead, FlagsWrite, RolloutsRead, RolloutsWrite, EventsWrite,
        OrganizationRead, OrganizationManage, OrganizationDelete, MembersManage, RolesManage,
        SignOnManage, KeysRead, KeysManage, AuditRead, AuditManage, AnalyticsRead, DashboardsWrite, UsageRead, QuotasManage,
        CostsRead, PricesManage, BudgetsManage, ReportsRead, ReportsWrite, ReportsSend, JobsManage,
        WebhooksRead, WebhooksManage, WebhooksReplay, PluginsRead, PluginsManage, PluginsPublish, PluginsReview,
    ];

    /// <summary>What an owner holds: everything but setting the clock of an execution.</summary>
    public static readonly IReadOnlyList<string> Owner = [.. All.Where(p => p != ExecutionsImport)];

    /// <summary>What roles can be made of: setting the clock of an execution is for the demo's and imports' keys alone.</summary>
    public static readonly FrozenSet<string> Grantable = Owner.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What can be held for a single task.</summary>
    public static readonly FrozenSet<string> OnTask = FrozenSet.ToFrozenSet(
        [
            TasksRead, TasksWrite, ProgramsWrite, ProgramsActivate, ExecutionsRun, ExecutionsRead, ValidationsRead, ValidationsDecide,
            ExperimentsRead, ExperimentsWrite, ExperimentsDecide, RolloutsRead, RolloutsWrite, AnalyticsRead,
        ],
        StringComparer.Ordinal);

    /// <summary>What can be held for a single environment. Tasks and programs are shared by all environments, so changing them is not among it.</summary>
    public static readonly FrozenSet<string> OnEnvironment = FrozenSet.ToFrozenSet(
        [
            TasksRead, ExecutionsRun, ExecutionsRead, ValidationsRead, ValidationsDecide,
            ExperimentsRead, ExperimentsWrite, ExperimentsDecide, FlagsRead, FlagsWrite, RolloutsRead, EventsWrite, AnalyticsRead,
            ReportsRead, ReportsWrite, ReportsSend, JobsManage,
        ],
        StringComparer.Ordinal);

    /// <summary>What a key gets when nothing else is asked for: all of the tasks' life, nothing of the organization's.</summary>
    public static readonly IReadOnlyList<string> DefaultKey =
    [
        TasksRead, TasksWrite, ProgramsWrite, ProgramsActivate, ExecutionsRun, ExecutionsRead, ValidationsRead, ValidationsDecide,
        ExperimentsRead, ExperimentsWrite, ExperimentsDecide, FlagsRead, FlagsWrite, RolloutsRead, RolloutsWrite, EventsWrite, AnalyticsRead, DashboardsWrite,
    ];
}
