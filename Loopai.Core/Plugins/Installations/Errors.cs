using Loopai.Core.Errors;

namespace Loopai.Core.Plugins.Installations;

internal static class InstallationErrors
{
    public static NotFoundException NotFound(Guid id) => new("plugin_installation.not_found", $"There is no installed plugin {id} in this organization.");

    public static NotFoundException PluginNotFound(string? key) => new("plugin.not_found", $"There is no plugin '{key}' in the marketplace.");

    public static NotFoundException AttachmentNotFound(Guid id) => new("plugin_attachment.not_found", $"There is no plugin attached as {id}.");

    public static ConflictException AlreadyInstalled(string key) => new("plugin_installation.exists", $"'{key}' is installed already. Configure or upgrade that installation.");

    public static ConflictException NoVersion(string key, string range) =>
        new("plugin_installation.no_version", $"No version of '{key}' satisfies '{range}', or all that do were yanked. Choose another range.");

    public static ConflictException Conflict(IReadOnlyList<string> conflicts) =>
        new("plugin_installation.conflict", "These plugins do not go together: " + string.Join(" ", conflicts));

    public static ConflictException WidensCapabilities(IReadOnlyList<string> widened) =>
        new("plugin_installation.capabilities", $"The plugin asks for what nobody has agreed to yet: {string.Join("; ", widened)}. Say that you accept it, with acceptCapabilities.");

    public static ConflictException Used(string key, IReadOnlyList<string> by) =>
        new("plugin_installation.used", $"'{key}' is still used by {string.Join(", ", by)}. Detach it there, or uninstall those first.");

    public static ConflictException UpToDate(string key) => new("plugin_installation.up_to_date", $"'{key}' has the newest version that its range allows.");

    public static ConflictException NothingStaged(string key) => new("plugin_installation.nothing_staged", $"No newer version of '{key}' is being tried.");

    public static ConflictException WrongKind(string key, string what) => new("plugin_attachment.kind", $"'{key}' {what}");

    public static ConflictException HasSampler(string sampler, string? environment) => new(
        "plugin_attachment.sampler", $"{sampler} is attached to this task already, for {(environment is null ? "all environments" : $"the environment '{environment}'")}. Detach it first: only one sampler can decide.");

    public static ChangedMeanwhileException ChangedMeanwhile() =>
        new("plugin_installation.changed_meanwhile", "Somebody else changed this plugin since you read it. Read it again and repeat your change.");

    public static ConflictException AnotherVersion(string key, string read, string now) =>
        new("plugin_installation.another_version", $"You read what version {read} of '{key}' may do, and now it would be {now}. Look at the plan again.");

    public static UnavailableException Broken(string key, string reason) => new("plugin.broken", $"'{key}' cannot be used: {reason}");
}
