using static Loopai.Core.Access.Permissions;

namespace Loopai.Core.Access;

/// <summary>A permission in words.</summary>
/// <param name="Name">As <c>area:verb</c>.</param>
/// <param name="Area">What it is about, for people.</param>
/// <param name="Description">What it allows.</param>
public sealed record PermissionEntry(string Name, string Area, string Description)
{
    /// <summary>Whether it can be held for a single task.</summary>
    public bool OnTask => Permissions.OnTask.Contains(Name);

    /// <summary>Whether it can be held for a single environment.</summary>
    public bool OnEnvironment => Permissions.OnEnvironment.Contains(Name);
}

/// <summary>What roles are made of, in the order people read it.</summary>
public static class PermissionCatalog
{
    public static readonly IReadOnlyList<PermissionEntry> All =
    [
        new(TasksRead, "Tasks", "See tasks, their examples and their versions"),
        new(TasksWrite, "Tasks", "Make, change and archive tasks and examples"),
        new(ProgramsWrite, "Tasks", "Write and generate versions"),
        new(ProgramsActivate, "Tasks", "Put a version into service, or take it out"),
        new(ExecutionsRun, "Executions", "Execute tasks"),
        new(ExecutionsRead, "Executions", "See executions with their inputs and outputs"),
        new(ValidationsRead, "Validation", "See verdicts, the review queue and quality"),
        new(ValidationsDecide, "Validation", "Give verdicts"),
        new(ExperimentsRead, "Experiments", "See experiments with their results, metrics and holdouts"),
        new(ExperimentsWrite, "Experiments", "Plan, start, pause and stop experiments, and define metrics"),
        new(ExperimentsDecide, "Experiments", "Approve experiments, and decide what comes of them"),
        new(EventsWrite, "Experiments", "Send what units did outside of Loopai"),
        new(RolloutsRead, "Rollouts", "See rollouts with their gates"),
        new(RolloutsWrite, "Rollouts", "Start, steer and end rollouts of versions"),
        new(FlagsRead, "Flags", "See flags, and evaluate them"),
        new(FlagsWrite, "Flags", "Define flags, switch and target them"),
        new(OrganizationRead, "Organization", "See settings, environments, members, teams and roles"),
        new(OrganizationManage, "Organization", "Change settings and environments"),
        new(OrganizationDelete, "Organization", "Delete the organization and hand over its ownership"),
        new(MembersManage, "People", "Invite, remove and deactivate people, and put them in teams"),
        new(RolesManage, "People", "Define roles, and grant them"),
        new(SignOnManage, "People", "Connect identity providers and directories, and set what sign-in takes"),
        new(KeysRead, "Keys", "See API keys, without their secrets"),
        new(KeysManage, "Keys", "Make and revoke API keys"),
        new(AuditRead, "Audit", "Read the audit log"),
        new(AuditManage, "Audit", "Set how long the audit log is kept and where it is streamed to"),
        new(AnalyticsRead, "Analytics", "See figures and dashboards"),
        new(DashboardsWrite, "Analytics", "Make and change dashboards, and annotate figures"),
        new(UsageRead, "Usage", "See usage"),
        new(QuotasManage, "Usage", "Set quotas"),
        new(CostsRead, "Costs", "See what everything costs, saves and will cost"),
        new(PricesManage, "Costs", "Keep the price book, and re-price what was charged"),
        new(BudgetsManage, "Costs", "Set budgets"),
        new(ReportsRead, "Reports", "See reports, their runs and files, and run them for oneself"),
        new(ReportsWrite, "Reports", "Make and change reports"),
        new(ReportsSend, "Reports", "Send reports to people, now and by schedules"),
        new(WebhooksRead, "Webhooks", "See webhooks, and what was sent to them"),
        new(WebhooksManage, "Webhooks", "Make, change and delete webhooks"),
        new(WebhooksReplay, "Webhooks", "Send again what a webhook was sent before"),
        new(PluginsRead, "Plugins", "See the marketplace, what is installed, and what plugins said"),
        new(PluginsManage, "Plugins", "Install, configure, attach, upgrade and remove plugins"),
        new(PluginsPublish, "Plugins", "Keep publishers, and publish, deprecate and yank versions"),
        new(PluginsReview, "Plugins", "Decide about reviews, appeals and reported abuse"),
        new(JobsManage, "Jobs", "Pause, run, end and retry the jobs of others"),
    ];
}
