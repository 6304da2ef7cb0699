using Loopai.Core.Errors;

namespace Loopai.Core.Analytics.Dashboards;

internal static class DashboardErrors
{
    public static NotFoundException NotFound(string id) => new("dashboard.not_found", $"There is no dashboard '{id}' that you may see.");

    public static ChangedMeanwhileException ChangedMeanwhile() =>
        new("dashboard.changed_meanwhile", "Somebody else changed this dashboard since you read it. Read it again and repeat your change.");

    public static InvalidException OnlyPeopleStar() => new("dashboard.star", "id", "A star is a person's; a key without one has none to give.");
}
