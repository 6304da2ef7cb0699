namespace Loopai.Portal.Pages.Usage;

/// <summary>Limits in words.</summary>
internal static class QuotaWords
{
    /// <param name="name">The limit's name in the API.</param>
    public static string Of(string name) => name switch
    {
        "executionsPerMonth" => "Executions this month",
        "tasks" => "Tasks",
        "members" => "Members",
        _ => "Storage, in megabytes",
    };
}
