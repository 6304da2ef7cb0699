using System.Globalization;
using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Errors;
using Loopai.Core.Tasks;
using Loopai.Portal.Accounts;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.ApiKeys;

/// <summary>Asks what a new key shall be.</summary>
public sealed partial class CreateKeyDialog(ApiKeyService keys, ServiceAccountService accounts, TaskDirectory directory, DialogService dialogs, Confirmation confirmation, TimeProvider time) : ComponentBase
{
    private static readonly int[] Lives = [7, 30, 90, 365];

    private readonly HashSet<Guid> _chosen = [];
    private string _name = "";
    private string _environment = "";
    private string _days = "";
    private string _account = "";
    private string _ranges = "";
    private readonly HashSet<string> _picked = new(StringComparer.Ordinal);
    private KeyPreset? _preset = KeyPresets.All[0];
    private IReadOnlyList<TaskEntry> _tasks = [];
    private IReadOnlyList<ServiceAccountEntry> _accounts = [];
    private string? _failure;
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);

    [Parameter] public Caller Caller { get; set; } = null!;

    [Parameter] public string Environment { get; set; } = "";

    [Parameter] public string[] Environments { get; set; } = [];

    [Parameter] public int? LongestAge { get; set; }

    private DialogService Dialogs => dialogs;

    private IReadOnlyList<Option> Expiries =>
    [
        .. Lives.Append(LongestAge ?? Lives[^1]).Where(days => days <= (LongestAge ?? Lives[^1])).Distinct().Order()
            .Select(days => new Option(days.ToString(CultureInfo.InvariantCulture), days == 365 ? "In a year" : $"In {Format.Count(days, "day")}")),
        .. LongestAge is null ? new[] { new Option("", "Never") } : [],
    ];

    private IReadOnlyList<Option> Owners => [new("", "You"), .. _accounts.Select(a => new Option(a.Account.Id.ToString(), $"{a.Account.Name} (service account)"))];

    public static Task<CreatedApiKey?> OpenAsync(DialogService dialogs, Caller caller, string environment, string[] environments, int? longestAge) =>
        dialogs.OpenAsync<CreateKeyDialog, CreatedApiKey>("Create an API key", new()
        {
            [nameof(Caller)] = caller, [nameof(Environment)] = environment, [nameof(Environments)] = environments, [nameof(LongestAge)] = longestAge,
        });

    protected override async Task OnInitializedAsync()
    {
        _environment = Environment;
        _days = Expiries.Last(option => option.Value.Length > 0).Value;
        _accounts = Caller.May(Permissions.KeysRead) ? await accounts.ListAsync(Caller, CancellationToken.None) : [];
        _tasks = Caller.MaySomewhere(Permissions.TasksRead) ? [.. (await directory.ListAsync(Caller, CancellationToken.None)).Where(t => !t.IsArchived)] : [];
    }

    private async Task CreateAsync()
    {
        (_failure, _errors) = (null, new Dictionary<string, string[]>(StringComparer.Ordinal));
        try
        {
            var expires = int.TryParse(_days, CultureInfo.InvariantCulture, out var days) ? time.GetUtcNow().AddDays(days) : (DateTimeOffset?)null;
            var request = new CreateApiKey(
                _name, _environment, _preset?.Permissions ?? [.. _picked], expires, [.. _chosen],
                _ranges.Split(['\n', '\r', ',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
                Guid.TryParse(_account, out var account) ? account : null);
            CreatedApiKey? created = null;
            if (await confirmation.RunAsync(async () => created = await keys.CreateAsync(Caller, request, CancellationToken.None)))
            {
                dialogs.Close(created);
            }
        }
        catch (InvalidException e)
        {
            _errors = e.Errors;
            _failure = e.Errors.Keys.All(field => field is "name" or "expiresAt" or "addressRanges" || (field is "permissions" && _preset is null)) ? null : PageFailures.Sentence(e);
        }
        catch (LoopaiException e)
        {
            _failure = PageFailures.Sentence(e);
        }
    }

    private void Pick(string permission)
    {
        if (!_picked.Remove(permission))
        {
            _picked.Add(permission);
        }
    }

    private void Switch(Guid task)
    {
        if (!_chosen.Remove(task))
        {
            _chosen.Add(task);
        }
    }

    private string? Error(string field) => _errors.TryGetValue(field, out var messages) ? string.Join(' ', messages) : null;
}
