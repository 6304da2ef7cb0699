using static Loopai.Core.Access.Permissions;

namespace Loopai.Core.Access;

/// <summary>The roles that every organization has. They are fixed; who wants another makes a custom role.</summary>
public static class BuiltInRoles
{
    public const string OwnerId = "owner";

    public static readonly Role Owner = new(OwnerId, "Owner", "Everything, deleting the organization and making other owners included.", true, Permissions.Owner);

    public static readonly Role Admin = new(
        "admin", "Admin", "Everything but deleting the organization and making owners.", true, [.. Permissions.Owner.Where(p => p != OrganizationDelete)]);

    public static readonly Role Developer = new(
        "developer", "Developer", "Defines tasks, ships versions, runs and checks them.", true,
        [
            TasksRead, TasksWrite, ProgramsWrite, ProgramsActivate, ExecutionsRun, ExecutionsRead, ValidationsRead, ValidationsDecide,
            ExperimentsRead, ExperimentsWrite, FlagsRead, FlagsWrite, RolloutsRead, RolloutsWrite, EventsWrite, OrganizationRead, KeysRead, UsageRead, AnalyticsRead, DashboardsWrite, CostsRead,
            ReportsRead, ReportsWrite, PluginsRead, PluginsManage, PluginsPublish,
        ]);

    public static readonly Role Analyst = new(
        "analyst", "Analyst", "Runs and decides experiments, writes and sends reports, and reads tasks, executions, quality and usage.", true,
        [
            TasksRead, ExecutionsRead, ValidationsRead, ExperimentsRead, ExperimentsWrite, ExperimentsDecide, FlagsRead, RolloutsRead, OrganizationRead, UsageRead, AnalyticsRead, DashboardsWrite, CostsRead,
            ReportsRead, ReportsWrite, ReportsSend, PluginsRead,
        ]);

    public static readonly Role Reviewer = new(
        "reviewer", "Reviewer", "Gives verdicts in the review queue.", true, [TasksRead, ExecutionsRead, ValidationsRead, ValidationsDecide, ExperimentsRead, FlagsRead, RolloutsRead, OrganizationRead, AnalyticsRead, ReportsRead, PluginsRead]);

    public static readonly Role Billing = new(
        "billing", "Billing", "Sees usage and costs, sets prices, budgets and quotas, and writes and sends reports.", true,
        [OrganizationRead, UsageRead, QuotasManage, CostsRead, PricesManage, BudgetsManage, AnalyticsRead, ReportsRead, ReportsWrite, ReportsSend]);

    public static readonly Role Viewer = new("viewer", "Viewer", "Looks, and changes nothing.", true, [TasksRead, ExecutionsRead, ValidationsRead, ExperimentsRead, FlagsRead, RolloutsRead, OrganizationRead, AnalyticsRead, ReportsRead, PluginsRead]);

    /// <summary>All of them, the mightiest first.</summary>
    public static readonly IReadOnlyList<Role> All = [Owner, Admin, Developer, Analyst, Reviewer, Billing, Viewer];

    public static Role? Find(string id) => All.FirstOrDefault(role => role.Id == id);
}
