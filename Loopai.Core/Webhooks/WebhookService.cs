using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Outbound;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Webhooks;

/// <summary>Makes, changes and lists subscriptions. What was sent to them is <see cref="WebhookLog"/>'s.</summary>
public sealed class WebhookService(LoopaiData data, OutboundHttp outbound, WebhookSecrets secrets, WebhookInterest interest, TimeProvider time)
{
    public const int MaxSubscriptions = 50;
    public const int MaxOverlapHours = 168;

    /// <summary>How long the old secret signs beside the new one unless told otherwise.</summary>
    public const int DefaultOverlapHours = 24;

    internal const string Kind = "webhook";

    /// <summary>Whether an address can be asked, for whoever types one. What its name leads to is seen when it is.</summary>
    public bool Accepts(string? url) => WebhookRules.Address(outbound, url) is not null;

    /// <summary>Everything that can be subscribed to.</summary>
    public static IReadOnlyList<WebhookType> ListTypes(Caller caller)
    {
        caller.Demand(Permissions.WebhooksRead);
        return WebhookTypes.All;
    }

    /// <summary>All subscriptions of the organization by name, with what they did lately.</summary>
    public async Task<IReadOnlyList<WebhookItem>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.WebhooksRead);
        await using var db = await data.OpenAsync(caller, ct);
        var subscriptions = await db.WebhookSubscriptions.AsNoTracking().Where(s => s.DeletedAt == null).OrderBy(s => s.Name).ThenBy(s => s.Id).ToListAsync(ct);
        return await db.ItemsAsync(subscriptions, time.GetUtcNow(), ct);
    }

    public async Task<WebhookItem> GetAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.WebhooksRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await ItemAsync(db, await db.FindWebhookAsync(id, ct), ct);
    }

    /// <summary>Makes a subscription to what happens from now on. The answer is the only place where its secret stands.</summary>
    public async Task<WebhookWithSecret> CreateAsync(Caller caller, WebhookDefinition request, CancellationToken ct)
    {
        caller.Demand(Permissions.WebhooksManage);
        var errors = new FieldErrors();
        WebhookRules.CheckName(errors, request.Name);
        WebhookRules.CheckUrl(errors, outbound, request.Url);
        WebhookRules.CheckTypes(errors, request.EventTypes);
        WebhookRules.CheckSecret(errors, request.Secret);
        await using var db = await data.OpenAsync(caller, ct);
        var (environment, handler) = await CheckRestAsync(db, errors, request, [], ct);
        errors.ThrowIfAny("webhook.invalid", "The webhook cannot be made like this.");
        WebhookRules.DemandReadable(caller, request.EventTypes!, environment);
        if (await db.WebhookSubscriptions.CountAsync(s => s.DeletedAt == null, ct) >= MaxSubscriptions)
        {
            throw WebhookErrors.TooMany(MaxSubscriptions);
        }

        var now = time.GetUtcNow();
        var secret = string.IsNullOrEmpty(request.Secret) ? StandardWebhook.CreateSecret() : request.Secret;
        var headers = request.Headers ?? new Dictionary<string, string>(StringComparer.Ordinal);
        var subscription = new WebhookSubscription
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, Name = request.Name!.Trim(), Url = request.Url!.Trim(), EventTypes = Distinct(request.EventTypes!),
            TaskIds = request.TaskIds ?? [], EnvironmentId = environment, Condition = request.Condition is { } condition ? WebhookRules.TextOf(condition) : null,
            HandlerId = handler, IsOrdered = request.IsOrdered ?? false, IsEnabled = request.IsEnabled ?? true, ProtectedSecret = secrets.Protect(caller.OrganizationId, secret),
            ProtectedHeaders = secrets.Protect(caller.OrganizationId, headers), HeaderNames = [.. headers.Keys.Order(StringComparer.OrdinalIgnoreCase)],
            CreatedById = caller.PersonId, CreatedBy = caller.Name, CreatedAt = now, UpdatedAt = now,
        };
        db.WebhookSubscriptions.Add(subscription);
        db.Record(caller, "webhook.created", Kind, subscription.Id, new { after = Shown(subscription) });
        await EnsureOutboxAsync(caller.OrganizationId, now, ct);
        await db.SaveChangesAsync(ct);
        interest.Note(subscription);
        return new WebhookWithSecret(await ItemAsync(db, subscription, ct), secret);
    }

    /// <summary>Changes what is given. A subscription that is switched on again, or goes elsewhere, tries at once.</summary>
    /// <param name="caller">Who acts.</param>
    /// <param name="id">The subscription.</param>
    /// <param name="change">What to change.</param>
    /// <param name="expectedRevision">The revision the caller has read; null to change whatever is there.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<WebhookItem> UpdateAsync(Caller caller, Guid id, WebhookDefinition change, int? expectedRevision, CancellationToken ct)
    {
        caller.Demand(Permissions.WebhooksManage);
        await using var db = await data.OpenAsync(caller, ct);
        var subscription = await db.FindWebhookAsync(id, ct);
        if (expectedRevision is { } expected && expected != subscription.Revision)
        {
            throw WebhookErrors.ChangedMeanwhile();
        }

        var errors = new FieldErrors().AddIf(change.Secret is not null, "secret", "A secret is not changed but rotated: POST …/rotate-secret.");
        WebhookRules.CheckName(errors, change.Name ?? subscription.Name);
        WebhookRules.CheckUrl(errors, outbound, change.Url ?? subscription.Url);
        WebhookRules.CheckTypes(errors, change.EventTypes ?? subscription.EventTypes);
        WebhookRules.CheckMove(errors, subscription, change);
        var (environment, handler) = await CheckRestAsync(db, errors, change, subscription.HeaderNames, ct);
        errors.ThrowIfAny("webhook.invalid", "The webhook cannot be changed like this.");

        var (before, told) = (Shown(subscription), Told(subscription));
        subscription.Name = change.Name?.Trim() ?? subscription.Name;
        subscription.Url = change.Url?.Trim() ?? subscription.Url;
        subscription.EventTypes = change.EventTypes is { } types ? Distinct(types) : subscription.EventTypes;
        subscription.TaskIds = change.TaskIds ?? subscription.TaskIds;
        subscription.EnvironmentId = change.Environment is null ? subscription.EnvironmentId : environment;
        subscription.Condition = change.Condition is { } condition ? WebhookRules.TextOf(condition) : subscription.Condition;
        subscription.HandlerId = change.Handler is null ? subscription.HandlerId : handler;
        subscription.IsOrdered = change.IsOrdered ?? subscription.IsOrdered;
        subscription.IsEnabled = change.IsEnabled ?? subscription.IsEnabled;
        subscription.DisabledReason = subscription.IsEnabled || change.IsEnabled is not null ? null : subscription.DisabledReason;

        // What others chose to be told stays readable to whoever it was chosen for; who changes what is told, or to whom, tells all of it.
        var isTold = Told(subscription) != told;
        if (isTold)
        {
            WebhookRules.DemandReadable(caller, subscription.EventTypes, subscription.EnvironmentId);
        }

        if (change.Headers is { } headers)
        {
            SetHeaders(subscription, headers);
        }

        (subscription.Failures, subscription.PausedUntil) = (0, null);
        db.Record(caller, "webhook.updated", Kind, id, new { before, after = Shown(subscription), headersReplaced = change.Headers is not null });
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await SaveAsync(db, subscription, ct);
        if (isTold)
        {
            await db.GiveUpUnwantedAsync(subscription, ct);
        }

        await transaction.CommitAsync(ct);
        interest.Note(subscription);
        return await ItemAsync(db, subscription, ct);
    }

    /// <summary>Ends a subscription; what waits for it is not sent any more.</summary>
    public async Task DeleteAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.WebhooksManage);
        await using var db = await data.OpenAsync(caller, ct);
        var subscription = await db.FindWebhookAsync(id, ct);
        (subscription.DeletedAt, subscription.IsEnabled) = (time.GetUtcNow(), false);
        (subscription.ProtectedSecret, subscription.ProtectedOldSecret, subscription.ProtectedHeaders) = ([], null, null);
        db.Record(caller, "webhook.deleted", Kind, id, new { before = Shown(subscription) });
        await SaveAsync(db, subscription, ct);
    }

    /// <summary>A new secret signs from now on; the old one signs beside it for some hours, so that receivers can change over without losing anything.</summary>
    public async Task<WebhookWithSecret> RotateSecretAsync(Caller caller, Guid id, int? overlapHours, CancellationToken ct)
    {
        caller.Demand(Permissions.WebhooksManage);
        var hours = overlapHours ?? DefaultOverlapHours;
        new FieldErrors().AddIf(hours is < 0 or > MaxOverlapHours, "overlapHours", $"The old secret signs for 0 to {MaxOverlapHours} hours more.").ThrowIfAny("webhook.invalid", "The secret cannot be rotated like this.");
        await using var db = await data.OpenAsync(caller, ct);
        var subscription = await db.FindWebhookAsync(id, ct);
        var secret = StandardWebhook.CreateSecret();
        subscription.ProtectedOldSecret = hours == 0 ? null : subscription.ProtectedSecret;
        subscription.OldSecretEndsAt = hours == 0 ? null : time.GetUtcNow().AddHours(hours);
        subscription.ProtectedSecret = secrets.Protect(caller.OrganizationId, secret);
        db.Record(caller, "webhook.secret_rotated", Kind, id, new { subscription.Name, overlapHours = hours });
        await SaveAsync(db, subscription, ct);
        return new WebhookWithSecret(await ItemAsync(db, subscription, ct), secret);
    }

    private async Task SaveAsync(LoopaiDbContext db, WebhookSubscription subscription, CancellationToken ct)
    {
        subscription.Revision++;
        subscription.UpdatedAt = time.GetUtcNow();
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw WebhookErrors.ChangedMeanwhile();
        }
    }

    /// <summary>The environment and the handler that are meant; null for all, and for none.</summary>
    private static async Task<(Guid? Environment, Guid? Handler)> CheckRestAsync(LoopaiDbContext db, FieldErrors errors, WebhookDefinition request, IReadOnlyList<string> knownHeaders, CancellationToken ct)
    {
        WebhookRules.CheckCondition(errors, request.Condition is { } condition ? WebhookRules.TextOf(condition) : null);
        if (request.Headers is { } headers)
        {
            WebhookRules.CheckHeaders(errors, headers, knownHeaders);
        }

        if (request.TaskIds is { Count: > 0 } tasks)
        {
            errors.AddIf(tasks.Count > WebhookRules.MaxTasks, "taskIds", $"A webhook is narrowed to at most {WebhookRules.MaxTasks} tasks.");
            var known = await db.Tasks.Where(t => tasks.Contains(t.Id)).Select(t => t.Id).ToListAsync(ct);
            foreach (var unknown in tasks.Except(known).Take(1))
            {
                throw TaskErrors.NotFound(unknown);
            }
        }

        var handler = string.IsNullOrEmpty(request.Handler) ? null : await db.PluginInstallations
            .Where(i => i.Key == request.Handler && i.Kind == PluginKind.WebhookHandler).Select(i => (Guid?)i.Id).FirstOrDefaultAsync(ct);
        errors.AddIf(!string.IsNullOrEmpty(request.Handler) && handler is null, "handler", $"No webhook handler '{request.Handler}' is installed in this organization.");
        if (string.IsNullOrEmpty(request.Environment))
        {
            return (null, handler);
        }

        var environment = await db.Environments.Where(e => e.Key == request.Environment).Select(e => (Guid?)e.Id).FirstOrDefaultAsync(ct);
        errors.AddIf(environment is null, "environment", $"There is no environment '{request.Environment}' in this organization.");
        return (environment, handler);
    }

    private void SetHeaders(WebhookSubscription subscription, IReadOnlyDictionary<string, string> headers)
    {
        var known = secrets.HeadersOf(subscription).ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase);
        var kept = headers.ToDictionary(h => h.Key, h => h.Value == WebhookRules.Masked ? known[h.Key] : h.Value, StringComparer.OrdinalIgnoreCase);
        subscription.ProtectedHeaders = secrets.Protect(subscription.OrganizationId, kept);
        subscription.HeaderNames = [.. kept.Keys.Order(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>In a transaction of its own: of two first subscriptions that are made at once both are.</summary>
    private async Task EnsureOutboxAsync(Guid organizationId, DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(organizationId), ct);
        if (await db.WebhookOutboxes.AnyAsync(ct))
        {
            return;
        }

        db.WebhookOutboxes.Add(new WebhookOutbox { OrganizationId = organizationId, DispatchedAt = now });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsRace())
        {
            // Somebody else made it at this moment.
        }
    }

    private async Task<WebhookItem> ItemAsync(LoopaiDbContext db, WebhookSubscription subscription, CancellationToken ct) =>
        (await db.ItemsAsync([subscription], time.GetUtcNow(), ct))[0];

    /// <summary>What is told to whom, in a text.</summary>
    private static string Told(WebhookSubscription s) => JsonSerializer.Serialize(new { s.Url, s.EventTypes, s.TaskIds, s.EnvironmentId, s.Condition, s.HandlerId });

    private static List<string> Distinct(IReadOnlyList<string> types) => [.. types.Distinct(StringComparer.Ordinal)];

    private static object Shown(WebhookSubscription s) => new
    {
        s.Name, s.Url, s.EventTypes, s.TaskIds, s.EnvironmentId, s.Condition, s.HandlerId, headers = s.HeaderNames, s.IsOrdered, s.IsEnabled,
    };
}
