using Loopai.Core.Errors;

namespace Loopai.Core.Plugins.Registry;

internal static class RegistryErrors
{
    public static NotFoundException PublisherNotFound(string name) => new("publisher.not_found", $"There is no publisher '{name}' in this organization.");

    public static ConflictException NameTaken(string why) => new("publisher.name_taken", why);

    public static LimitExceededException TooManyPublishers(int most) => new("publisher.too_many", $"An organization has at most {most} publishers.");

    public static ForbiddenException NotAMember(string publisher) =>
        new(Access.Permissions.PluginsPublish, $"You are not among the people who publish as '{publisher}'. Ask one of its owners to add you.");

    public static ForbiddenException NotAnOwner(string publisher) =>
        new(Access.Permissions.PluginsPublish, $"Only an owner of the publisher '{publisher}' does this. Ask one of them.");

    public static ConflictException LastOwner() => new("publisher.last_owner", "This is the publisher's last owner. Make somebody else an owner first.");

    public static ConflictException HasPlugins(string name) =>
        new("publisher.has_plugins", $"'{name}' has published something, and so its name stays taken. Hand it over, or deprecate what it published.");

    public static NotFoundException NotOffered(string name) => new("publisher.not_offered", $"'{name}' is not offered to this organization, or the offer was taken back.");

    public static ConflictException NoProof() => new("publisher.no_proof", "Say by which domain the publisher is to be verified first.");

    public static ConflictException ProofMissing(string why) => new("publisher.proof_missing", why);

    public static ChangedMeanwhileException PublisherChanged() =>
        new("publisher.changed_meanwhile", "Somebody else changed this publisher since you read it. Read it again and repeat your change.");

    public static NotFoundException PluginNotFound(string key) => new("plugin.not_found", $"There is no plugin '{key}'.");

    public static NotFoundException VersionNotFound(string key, string version) => new("plugin.version_not_found", $"There is no version {version} of '{key}'.");

    public static NotFoundException FileNotFound(string path) => new("plugin.file_not_found", $"The package has no picture '{path}'.");

    public static ConflictException Refused(string why) => new("plugin.refused", why);

    public static ChangedMeanwhileException PluginChanged() =>
        new("plugin.changed_meanwhile", "Somebody else changed this plugin since you read it. Read it again and repeat your change.");

    public static ConflictException NotVerified(string publisher) => new(
        "plugin.publisher_not_verified", $"This installation shows plugins of verified publishers only. Verify '{publisher}' by a domain first, or keep the plugin private.");

    public static ConflictException NotScanned(string key, IReadOnlyCollection<string> versions) => new(
        "plugin.not_scanned",
        $"The scan did not let {string.Join(", ", versions)} of '{key}' through, and what it stops is never shown to other organizations. Yank {(versions.Count == 1 ? "it" : "them")}, or keep the plugin private.");

    public static ConflictException InUseElsewhere(int installs) => new(
        "plugin.in_use_elsewhere", $"{installs} other {(installs == 1 ? "organization has" : "organizations have")} it installed, and would lose it. Deprecate it, or yank its versions, instead.");

    public static ConflictException NotRunEnough(long calls, int needed) => new(
        "plugin.not_run_enough", $"Only organizations that ran a plugin rate it: at least {needed} calls, and yours made {calls}.");

    public static ConflictException OwnPlugin() => new("plugin.own_plugin", "Nobody rates the plugins of their own organization.");

    public static ConflictException OwnReview() => new("plugin.own_review", "This is what your own organization said. Change it, or take it back.");

    public static ConflictException ReviewHidden() => new("plugin.review_hidden", "The review was hidden as abuse and counts no more. It cannot be taken back and given anew.");

    public static NotFoundException NoReview(string key) => new("plugin.review_not_found", $"Your organization has not reviewed '{key}'.");

    public static NotFoundException ReviewNotFound(Guid id) => new("plugin.review_not_found", $"There is no review {id} of this plugin.");
}
