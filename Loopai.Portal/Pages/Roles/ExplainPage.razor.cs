using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Loopai.Portal.Pages.Members;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Loopai.Portal.Pages.Roles;

/// <summary>Asks why; the address holds the question, so that an answer can be sent to whoever wants to know.</summary>
public sealed partial class ExplainPage(
    ExplainService explain, MemberDirectory directory, ApiKeyService keys, GrantOptionsReader reader, NavigationManager navigation) : ComponentBase
{
    private static readonly IReadOnlyList<Option> What = [.. PermissionCatalog.All.Select(p => new Option(p.Name, $"{p.Description} ({p.Name})"))];

    private LoadState<Explanation> _state = LoadState<Explanation>.Loading;
    private IReadOnlyList<Option> _people = [];
    private GrantOptions? _options;
    private string? _loaded;
    private bool _asked;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "subject")] public string? Subject { get; set; }

    [SupplyParameterFromQuery(Name = "permission")] public string? Permission { get; set; }

    [SupplyParameterFromQuery(Name = "on")] public string? On { get; set; }

    private IReadOnlyList<Option> Where =>
    [
        new("", "The whole organization"),
        .. _options?.Environments.Select(e => new Option(e.Id.ToString(), $"In {e.Name}")) ?? [],
        .. _options?.Tasks.OrderBy(t => t.Value, StringComparer.CurrentCultureIgnoreCase).Select(t => new Option(t.Key.ToString(), $"Task {t.Value}")) ?? [],
    ];

    protected override async Task OnParametersSetAsync()
    {
        if (!RendererInfo.IsInteractive)
        {
            return;
        }

        if (_loaded != Org)
        {
            _loaded = Org;
            _options = await reader.ReadAsync(Caller, CancellationToken.None);
            _people = await PeopleAsync();
        }

        await AskAsync();
    }

    private static string Described(string permission) => PermissionCatalog.All.FirstOrDefault(p => p.Name == permission)?.Description ?? permission;

    private async Task AskAsync()
    {
        _asked = Guid.TryParse(Subject, out var subject) && !string.IsNullOrEmpty(Permission);
        if (_asked)
        {
            Guid? on = Guid.TryParse(On, out var place) ? place : null;
            _state = await LoadState.FromAsync(() => explain.ExplainAsync(Caller, subject, Permission!, on, CancellationToken.None));
        }
    }

    /// <summary>The first of the members, the one that is asked about, and the keys that work.</summary>
    private async Task<IReadOnlyList<Option>> PeopleAsync()
    {
        var members = (await directory.ListAsync(Caller, new MemberFilter(), new PageRequest(PageRequest.MaxLimit), CancellationToken.None)).Items.ToList();
        if (Guid.TryParse(Subject, out var subject) && members.TrueForAll(m => m.UserId != subject)
            && (await LoadState.FromAsync(() => directory.GetAsync(Caller, subject, CancellationToken.None))).ValueOrDefault is { } asked)
        {
            members.Add(asked);
        }

        var programs = Caller.May(Permissions.KeysManage) ? (await keys.ListAsync(Caller, CancellationToken.None)).Where(k => k.Key.RevokedAt is null) : [];
        return [.. members.Select(m => new Option(m.UserId.ToString(), $"{m.Name} ({m.Email})")), .. programs.Select(k => new Option(k.Key.Id.ToString(), $"API key {k.Key.Name}"))];
    }

    private void Go(string name, string? value) => navigation.NavigateTo(navigation.GetUriWithQueryParameter(name, string.IsNullOrEmpty(value) ? null : value));
}
