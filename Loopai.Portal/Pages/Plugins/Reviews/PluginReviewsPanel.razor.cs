using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Marketplace;
using Loopai.Core.Plugins.Registry;
using Radzen;

namespace Loopai.Portal.Pages.Plugins.Reviews;

/// <summary>The reviews of a plugin: read, given, answered and reported.</summary>
public sealed partial class PluginReviewsPanel(PluginReviews reviews, DialogService dialogs, Toasts toasts, NavigationManager navigation) : ComponentBase
{
    private const int PageSize = 20;

    private LoadState<ReviewsShown> _state = LoadState<ReviewsShown>.Loading;
    private (string Key, string? Cursor) _loaded;

    [Parameter, EditorRequired] public Caller Caller { get; set; } = null!;

    [Parameter, EditorRequired] public string Key { get; set; } = "";

    /// <summary>Whether the caller answers for the plugin's publisher.</summary>
    [Parameter] public bool MayReply { get; set; }

    /// <summary>The rating may be another one now.</summary>
    [Parameter] public EventCallback OnChanged { get; set; }

    [SupplyParameterFromQuery] public string? Cursor { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        if (_loaded != (Key, Cursor))
        {
            _loaded = (Key, Cursor);
            await LoadAsync();
        }
    }

    private static string Why(PluginReviewStanding standing) => standing switch
    {
        { MayRate: true } => "Your organization ran it often enough to say what it thinks of it.",
        { IsOwnPlugin: true } => "Organizations that ran it rate it; nobody rates a plugin of their own.",
        { Calls: < PluginReview.CallsNeeded } =>
            $"An organization rates a plugin after {PluginReview.CallsNeeded} calls; yours made {Format.Exact(standing.Calls)}.",
        _ => "Who may manage plugins in your organization can rate it.",
    };

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () => new ReviewsShown(
        await reviews.ListAsync(Caller, Key, new PageRequest(PageSize, Cursor), CancellationToken.None), await reviews.StandingAsync(Caller, Key, CancellationToken.None)));

    private string PageUrl(string? cursor) => navigation.GetUriWithQueryParameter("cursor", cursor);

    private List<ReviewAction> Actions(PluginReviewItem item)
    {
        var actions = new List<ReviewAction>();
        if (item.IsOwn && item.Review.HiddenAt is null && Caller.May(Permissions.PluginsManage))
        {
            actions.Add(new("trash", "Take it back…", () => DeleteAsync(item.Review), IsDanger: true));
        }

        if (MayReply)
        {
            actions.Add(new("message", item.Reply is null ? "Answer…" : "Change the answer…", () => ReplyAsync(item)));
            if (item.Reply is not null)
            {
                actions.Add(new("trash", "Take the answer back", () => ActAsync(() => reviews.ReplyAsync(Caller, Key, item.Review.Id, "", CancellationToken.None), "The answer is gone"), IsDanger: true));
            }
        }

        if (!item.IsOwn && Caller.May(Permissions.PluginsManage))
        {
            actions.Add(new("flag", "Report as abuse…", () => ReportAsync(item.Review)));
        }

        return actions;
    }

    private async Task RateAsync(PluginReview? own)
    {
        if (await RateDialog.OpenAsync(dialogs, Caller, Key, own))
        {
            toasts.Success("Thank you: your rating counts");
            await ChangedAsync();
        }
    }

    private async Task DeleteAsync(PluginReview review)
    {
        if (await ConfirmDialog.OpenAsync(dialogs, "Take your review back?", $"Your {review.Stars} of 5 stars and what you wrote of {Key} go, and count no more.", "Take it back", danger: true))
        {
            await ActAsync(() => reviews.DeleteAsync(Caller, Key, CancellationToken.None), "Your review is gone");
        }
    }

    private async Task ReplyAsync(PluginReviewItem item)
    {
        if (await ReviewTextDialog.OpenAsync(dialogs, "Answer the review", "Everybody who sees the plugin reads it.", "Your answer", "Answer", item.Reply?.Text, PluginReviewReply.MaxTextLength) is { } text)
        {
            await ActAsync(() => reviews.ReplyAsync(Caller, Key, item.Review.Id, text, CancellationToken.None), "The review is answered");
        }
    }

    private async Task ReportAsync(PluginReview review)
    {
        if (await ReviewTextDialog.OpenAsync(
            dialogs, "Report the review", $"Reported by {PluginReviews.ReportsToHide} organizations it is hidden, and counts no more.", "What is wrong with it", "Report", null, PluginReviewReport.MaxReasonLength)
            is { } reason)
        {
            await ActAsync(() => reviews.ReportAsync(Caller, Key, review.Id, reason, CancellationToken.None), "The review is reported");
        }
    }

    private async Task ActAsync(Func<Task> act, string done)
    {
        try
        {
            await act();
            toasts.Success(done);
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await ChangedAsync();
    }

    private async Task ChangedAsync()
    {
        await LoadAsync();
        await OnChanged.InvokeAsync();
    }

    private sealed record ReviewsShown(Page<PluginReviewItem> Page, PluginReviewStanding Standing);

    private sealed record ReviewAction(string Icon, string Label, Func<Task> Do, bool IsDanger = false);
}
