namespace Loopai.Core.Configuration;

/// <summary>Every section of <c>appsettings.json</c> that is Loopai's own, with the class it is bound to.</summary>
public static class SettingsSections
{
    /// <summary>Section name → class; a section is named like its class without "Settings".</summary>
    public static IReadOnlyDictionary<string, Type> All { get; } = new[]
    {
        typeof(PortalSettings),
        typeof(DatabaseSettings),
        typeof(ExecutionSettings),
        typeof(AnalyticsSettings),
        typeof(SandboxSettings),
        typeof(DemoSettings),
        typeof(AccountsSettings),
        typeof(MailSettings),
        typeof(OutboundSettings),
        typeof(ReportsSettings),
        typeof(PluginsSettings),
    }.ToDictionary(type => type.Name[..^"Settings".Length], StringComparer.OrdinalIgnoreCase);
}
