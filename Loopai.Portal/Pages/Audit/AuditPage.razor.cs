using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;

namespace Loopai.Portal.Pages.Audit;

/// <summary>The log as an auditor reads it: filtered by the address, one event open beside it, followed live, and verified.</summary>
public sealed partial class AuditPage(AuditQueries audit, AuditVerifier verifier, NavigationManager navigation, TimeProvider clock) : ComponentBase, IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly HashSet<Guid> fresh = [];
    private LoadState<TableWindow<AuditRecord>> state = LoadState<TableWindow<AuditRecord>>.Loading;
    private AuditUrlQuery query = new();
    private IReadOnlyList<FilterChip> chips = [];
    private CancellationTokenSource? following;
    private AuditRecord? opened;
    private AuditVerdict? verdict;
    private string? verifyFailure;
    private string? loaded;
    private bool busy;

    [Parameter] public string Org { get; set; } = "";

    [SupplyParameterFromQuery] public string? Cursor { get; set; }

    [SupplyParameterFromQuery] public string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "limit")] public string? LimitText { get; set; }

    [SupplyParameterFromQuery] public string? Live { get; set; }

    [SupplyParameterFromQuery(Name = "event")] public string? EventText { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private int PageSize => LimitText switch { "25" => 25, "100" => 100, _ => 50 };

    /// <summary>Only the newest page of a range that goes on can be followed.</summary>
    private bool IsLive => Live == "1" && Cursor is null && Sort is null or "-at" && query.Range.Length is not null;

    private string Query => new Uri(navigation.Uri).Query;

    public void Dispose() => StopFollowing();

    protected override async Task OnParametersSetAsync()
    {
        query = AuditUrlQuery.Parse(Query);
        chips = [.. ChipsOf(query)];
        if (!RendererInfo.IsInteractive)
        {
            return;
        }

        var wanted = $"{Caller.OrganizationId} {query} {Cursor} {Sort} {LimitText} {IsLive}";
        if (loaded != wanted)
        {
            loaded = wanted;
            StopFollowing();
            fresh.Clear();
            await LoadAsync();
            if (IsLive)
            {
                following = new CancellationTokenSource();
                _ = FollowAsync(following.Token);
            }
        }

        await OpenAsync();
    }

    private async Task LoadAsync()
    {
        busy = state is LoadState<TableWindow<AuditRecord>>.Loaded;
        state = await LoadState.FromAsync(ReadAsync);
        busy = false;
    }

    private async Task<TableWindow<AuditRecord>> ReadAsync()
    {
        var page = await audit.ListAsync(
            Caller, query.ToFilter(clock.GetUtcNow()), Sort == "at" ? AuditSort.Oldest : AuditSort.Newest, new PageRequest(PageSize, Cursor), CancellationToken.None);
        return new TableWindow<AuditRecord>(page.Items, page.NextCursor);
    }

    private async Task OpenAsync()
    {
        if (!Guid.TryParse(EventText, out var id))
        {
            opened = null;
        }
        else if (opened?.Event.Id != id)
        {
            opened = state.ValueOrDefault?.Items.FirstOrDefault(r => r.Event.Id == id)
                ?? (await LoadState.FromAsync(() => audit.GetAsync(Caller, id, CancellationToken.None))).ValueOrDefault;
        }
    }

    private async Task VerifyAsync()
    {
        (verdict, verifyFailure) = (null, null);
        switch (await LoadState.FromAsync(() => verifier.VerifyAsync(Caller, CancellationToken.None)))
        {
            case LoadState<AuditVerdict>.Loaded done:
                verdict = done.Value;
                break;
            case LoadState<AuditVerdict>.Broken broken:
                verifyFailure = $"{broken.Failure.Title}. {broken.Failure.Advice}";
                break;
        }
    }

    /// <summary>Reads the first page again each second: other portals write to the log too, so there is nobody here to be told by.</summary>
    private async Task FollowAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Beat, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                await InvokeAsync(async () =>
                {
                    var known = state.ValueOrDefault?.Items.Select(r => r.Event.Id).ToHashSet() ?? [];
                    var next = await LoadState.FromAsync(ReadAsync);
                    if (ct.IsCancellationRequested)
                    {
                        return;
                    }

                    state = next;
                    fresh.Clear();
                    fresh.UnionWith(next.ValueOrDefault?.Items.Select(r => r.Event.Id).Where(id => !known.Contains(id)) ?? []);
                    StateHasChanged();
                });
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The page is gone, or shows something else.
        }
    }

    private void StopFollowing()
    {
        following?.Cancel();
        following?.Dispose();
        following = null;
    }

    private IEnumerable<FilterChip> ChipsOf(AuditUrlQuery filter)
    {
        FilterChip Chip(string label, string name) => new(label, () => Set((name, null)));
        if (filter.Actor is { } actor && AuditWords.Kinds.All(kind => kind.Value != actor))
        {
            yield return Chip($"By {NameOfActor(actor)}", "actor");
        }

        if (filter.Object is { } thing)
        {
            yield return Chip($"To {NameOfObject(thing)}", "object");
        }

        if (filter.Action is { } action && AuditWords.Areas.All(area => area.Value != action))
        {
            yield return Chip(AuditWords.Of(action), "action");
        }

        if (filter.Address is { } address)
        {
            yield return Chip($"From {address}", "address");
        }
    }

    private string NameOfActor(string actor) =>
        state.ValueOrDefault?.Items.FirstOrDefault(r => r.Event.ActorId?.ToString() == actor)?.Event.ActorName ?? actor;

    private string NameOfObject(string thing) =>
        state.ValueOrDefault?.Items.FirstOrDefault(r => $"{r.Event.ObjectKind}:{r.Event.ObjectId}" == thing)?.Event is { } known ? AuditWords.ObjectOf(known) : thing;

    private void ToggleLive() => navigation.NavigateTo(navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?> { ["live"] = IsLive ? null : "1", ["cursor"] = null, ["sort"] = null }));

    private Task ClearAsync() => Set(("actor", null), ("action", null), ("object", null), ("result", null), ("address", null), ("q", null));

    private string With(string name, string? value) => navigation.GetUriWithQueryParameter(name, value);

    private Task Set(params (string Name, string? Value)[] values)
    {
        var changes = values.ToDictionary(v => v.Name, v => (object?)(string.IsNullOrEmpty(v.Value) ? null : v.Value), StringComparer.Ordinal);
        changes["cursor"] = null;
        navigation.NavigateTo(navigation.GetUriWithQueryParameters(changes));
        return Task.CompletedTask;
    }
}
