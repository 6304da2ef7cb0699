using Loopai.Core.Plugins.Marketplace;
using Loopai.Core.Plugins.Registry;

namespace Loopai.Portal.Api;

/// <summary>What an organization that ran a plugin says of it. Whose it is, is told of your own only.</summary>
public sealed record PluginReviewResponse(
    Guid Id, int Stars, string? Text, string Version, bool IsOwn, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? HiddenAt, PluginReviewReplyResponse? Reply)
{
    public static PluginReviewResponse Of(PluginReviewItem item)
    {
        var r = item.Review;
        return new(r.Id, r.Stars, r.Text, r.Version, item.IsOwn, r.CreatedAt, r.UpdatedAt, r.HiddenAt, item.Reply is { } reply ? new PluginReviewReplyResponse(reply.Text, reply.UpdatedAt) : null);
    }
}

/// <summary>What the publisher answered.</summary>
public sealed record PluginReviewReplyResponse(string Text, DateTimeOffset UpdatedAt);

/// <summary>What your organization said of a plugin, and whether it may: after enough calls, and not of its own.</summary>
public sealed record PluginReviewStandingResponse(PluginReviewResponse? Review, long Calls, int CallsNeeded, bool IsOwnPlugin, bool MayRate)
{
    public static PluginReviewStandingResponse Of(PluginReviewStanding s) =>
        new(s.Review is { } review ? PluginReviewResponse.Of(review) : null, s.Calls, PluginReview.CallsNeeded, s.IsOwnPlugin, s.MayRate);
}

/// <summary>A rating, with words or without.</summary>
public sealed record PluginReviewRequest
{
    /// <summary>1 to 5.</summary>
    public int? Stars { get; init; }

    public string? Text { get; init; }
}

/// <summary>An answer to a review.</summary>
public sealed record PluginReviewReplyRequest
{
    /// <summary>Empty takes the answer back.</summary>
    public string? Text { get; init; }
}

/// <summary>What is wrong with a review.</summary>
public sealed record PluginReviewReportRequest
{
    public string? Reason { get; init; }
}
