using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;
using Microsoft.AspNetCore.Components;

namespace Loopai.Portal.Pages.Review;

/// <summary>The review queue: one answer at a time, judged by keyboard or touch. What comes next is here before it is wanted.</summary>
public sealed partial class ReviewPage(ValidationService validations, TaskService tasks, Toasts toasts, NavigationManager navigation) : ComponentBase
{
    private const int Window = 25;
    private const int FetchBelow = 8;

    private LoadState<ReviewQueue> _state = LoadState<ReviewQueue>.Loading;
    private IReadOnlyDictionary<Guid, TaskDefinition> _tasks = new Dictionary<Guid, TaskDefinition>();
    private string? _loaded;
    private string? _cursor;
    private bool _hasMore;
    private bool _fetching;
    private bool _addExample;
    private Task _saving = Task.CompletedTask;

    [Parameter] public string Org { get; set; } = "";

    [SupplyParameterFromQuery(Name = "task")] private string? TaskText { get; set; }

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

    private Guid? TaskId => Guid.TryParse(TaskText, out var id) ? id : null;

    protected override async Task OnParametersSetAsync()
    {
        var wanted = $"{Org} {Caller.EnvironmentIdOrNull} {TaskId}";
        if (RendererInfo.IsInteractive && wanted != _loaded)
        {
            (_loaded, _state) = (wanted, LoadState<ReviewQueue>.Loading);
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var known = await tasks.ListAsync(Caller, new TaskFilter(), new PageRequest(PageRequest.MaxLimit), CancellationToken.None);
        _tasks = known.Items.ToDictionary(task => task.Id);
        var queue = new ReviewQueue();
        _cursor = null;
        await FetchAsync(queue);
        queue.Count(await validations.CountInReviewAsync(Caller, TaskId, null, CancellationToken.None));
        return queue;
    });

    private async Task FetchAsync(ReviewQueue queue)
    {
        var page = await validations.ListInReviewAsync(Caller, TaskId, null, new PageRequest(Window, _cursor), CancellationToken.None);
        queue.Add(page.Items);
        (_cursor, _hasMore) = (page.NextCursor, page.NextCursor is not null);
    }

    private Task FilterAsync(string? task)
    {
        navigation.NavigateTo(PortalUrls.Review(Org, Shell.Environment, Guid.TryParse(task, out var id) ? id : null));
        return Task.CompletedTask;
    }

    private async Task NextAsync()
    {
        if (_state.ValueOrDefault is { } queue)
        {
            queue.Next();
            await AheadAsync(queue);
        }
    }

    /// <summary>The next answer is shown before the server has taken this verdict; when it does not take it, the reviewer hears of it.</summary>
    private async Task DecideAsync(Verdict verdict)
    {
        if (_state.ValueOrDefault is not { } queue || queue.Decide() is not { } item)
        {
            return;
        }

        StateHasChanged();
        _saving = SaveAsync(queue, item, verdict);
        await _saving;
        await AheadAsync(queue);
    }

    private async Task SaveAsync(ReviewQueue queue, ValidationDetail item, Verdict verdict)
    {
        try
        {
            await validations.DecideAsync(Caller, item.Validation.Id, verdict, CancellationToken.None);
        }
        catch (ConflictException e) when (e.Code == "validation.already_decided")
        {
            queue.Forget(item);
            toasts.Info("Somebody was quicker", e.Message);
        }
        catch (NotFoundException)
        {
            queue.Forget(item);
            toasts.Info("This answer is gone", "Its task or its execution was removed.");
        }
        catch (LoopaiException e)
        {
            queue.PutBack(item);
            toasts.Failed(e);
        }
    }

    private async Task UndoAsync()
    {
        // What is being saved has to be there before it can be taken back.
        await _saving;
        if (_state.ValueOrDefault is not { LastDecided: { } last } queue)
        {
            return;
        }

        try
        {
            await validations.UndoAsync(Caller, last.Validation.Id, CancellationToken.None);
            queue.PutBack(last);
        }
        catch (ConflictException e)
        {
            queue.Forget(last);
            toasts.Info("It cannot be taken back any more", e.Message);
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }
    }

    private async Task AheadAsync(ReviewQueue queue)
    {
        if (!_hasMore || _fetching || queue.Ahead >= FetchBelow)
        {
            return;
        }

        _fetching = true;
        try
        {
            await FetchAsync(queue);
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }
        finally
        {
            _fetching = false;
        }
    }
}
