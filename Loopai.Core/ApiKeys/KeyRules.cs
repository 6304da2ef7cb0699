using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.ApiKeys;

/// <summary>What a new key has to be.</summary>
internal static class KeyRules
{
    /// <summary>A list of tasks that is longer is a role's business.</summary>
    public const int MaxTasks = 100;

    /// <summary>Finds every fault of the request at once; answers the environment that it names.</summary>
    public static async Task<OrganizationEnvironment> CheckAsync(LoopaiDbContext db, Caller caller, CreateApiKey request, DateTimeOffset now, CancellationToken ct)
    {
        var permissions = request.Permissions ?? Permissions.DefaultKey;
        var tasks = request.TaskIds ?? [];
        var environment = await db.Environments.FirstOrDefaultAsync(e => e.Key == request.Environment, ct);
        var longest = await db.Organizations.Select(o => o.LongestKeyAgeDays).FirstOrDefaultAsync(ct);
        await RequireAsync(db, caller, request, [.. tasks.Take(MaxTasks)], ct);
        var maker = caller.Kind == CallerKind.ApiKey ? await db.ApiKeys.AsNoTracking().FirstAsync(k => k.Id == caller.Id, ct) : null;
        new FieldErrors()
            .AddIf(string.IsNullOrWhiteSpace(request.Name), "name", "Give the key a name that says who uses it.")
            .AddIf(request.Name?.Length > LoopaiModel.NameLength, "name", $"A name has at most {LoopaiModel.NameLength} characters.")
            .AddIf(request.ExpiresAt <= now, "expiresAt", "The expiry lies in the past.")
            .AddIf(longest is not null && !(request.ExpiresAt <= now.AddDays(longest.Value).AddMinutes(5)), "expiresAt", $"Keys of this organization live {longest} days at most. Give an expiry within that time.")
            .AddIf(permissions.Count == 0, "permissions", "A key needs at least one permission.")
            .AddIf(permissions.Any(p => !Permissions.All.Contains(p)), "permissions", $"Known permissions: {string.Join(", ", Permissions.All)}.")
            .AddIf(environment is not null && permissions.Any(p => !MayHandOn(caller, p, environment.Id, tasks)), "permissions", "You cannot give a key a permission that you do not hold.")
            .AddIf(tasks.Count > MaxTasks, "taskIds", $"Name at most {MaxTasks} tasks.")
            .AddIf(request.AddressRanges?.Count > AddressRanges.Max, "addressRanges", $"Name at most {AddressRanges.Max} networks.")
            .AddIf(request.AddressRanges?.Any(r => !AddressRanges.TryRead(r, out _)) is true, "addressRanges", "A network is an address, or one with a prefix: 203.0.113.0/24, 2001:db8::/32.")
            .AddIf(maker?.ExpiresAt is { } end && !(request.ExpiresAt <= end), "expiresAt", $"A key makes no key that outlives it. Give an expiry up to {maker?.ExpiresAt:O}.")
            .AddIf(maker?.Tasks is { } own && (tasks.Count == 0 || tasks.Any(task => !own.Contains(task))), "taskIds", "A key that is for some tasks makes keys for these alone. Name them.")
            .AddIf(AddressRanges.Parse(maker?.AddressRanges) is { } networks && !networks.Cover(request.AddressRanges), "addressRanges", "A key makes keys for its own networks only. Name one or more within them.")
            .AddIf(environment is null, "environment", $"There is no environment '{request.Environment}'.")
            .AddIf(caller.Kind == CallerKind.ApiKey && environment is not null && environment.Id != caller.EnvironmentId, "environment", "A key makes keys for its own environment only.")
            .ThrowIfAny("key.invalid", "The key cannot be made like this.");
        return environment!;
    }

    /// <summary>The networks as they are stored: in their canonical form.</summary>
    public static string? RangesOf(CreateApiKey request) => request.AddressRanges is { Count: > 0 } ranges
        ? string.Join(' ', ranges.Select(r => AddressRanges.TryRead(r, out var network) ? network.ToString() : throw new ArgumentException("Not checked.", nameof(request))).Distinct(StringComparer.Ordinal))
        : null;

    /// <summary>Ids that name nothing of the caller's organization are as if there were none.</summary>
    private static async Task RequireAsync(LoopaiDbContext db, Caller caller, CreateApiKey request, IReadOnlyList<Guid> tasks, CancellationToken ct)
    {
        if (request.ServiceAccountId is { } account && !await db.ServiceAccounts.AnyAsync(a => a.Id == account && a.DeletedAt == null, ct))
        {
            throw ApiKeyErrors.ServiceAccountNotFound(account);
        }

        var known = tasks.Count == 0 ? [] : await db.Tasks.Where(t => tasks.Contains(t.Id)).Select(t => t.Id).ToListAsync(ct);
        foreach (var task in tasks)
        {
            if (!known.Contains(task) || caller.Refusal(Permissions.TasksRead, task) is NotFoundException)
            {
                throw TaskErrors.NotFound(task);
            }
        }
    }

    private static bool MayHandOn(Caller caller, string permission, Guid environmentId, IReadOnlyList<Guid> tasks) =>
        caller.MayHandOn(permission, new GrantScope(environmentId))
        || (tasks.Count > 0 && Permissions.OnTask.Contains(permission) && tasks.All(task => caller.MayHandOn(permission, new GrantScope(TaskId: task))));
}
