using Loopai.Core.Plugins.Registry;

namespace Loopai.Core.Plugins.Marketplace;

/// <param name="Review">The review.</param>
/// <param name="IsOwn">Whether the caller's organization wrote it.</param>
/// <param name="Reply">What the publisher answered.</param>
public sealed record PluginReviewItem(PluginReview Review, bool IsOwn, PluginReviewReply? Reply);

/// <param name="Review">What the organization said; null for nothing.</param>
/// <param name="Calls">How often its installation was called.</param>
/// <param name="IsOwnPlugin">Whether the plugin is its own, which nobody rates.</param>
/// <param name="MayRate">Whether the caller may say something.</param>
public sealed record PluginReviewStanding(PluginReviewItem? Review, long Calls, bool IsOwnPlugin, bool MayRate);
