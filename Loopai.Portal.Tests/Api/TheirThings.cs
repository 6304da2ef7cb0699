namespace Loopai.Portal.Tests.Api;

/// <summary>One of each thing that another organization has.</summary>
internal sealed record TheirThings
{
    public required Guid Task { get; init; }
    public required Guid Execution { get; init; }
    public required Guid Validation { get; init; }
    public required Guid Example { get; init; }
    public required Guid Job { get; init; }
    public required Guid Key { get; init; }
    public required Guid ServiceAccount { get; init; }
    public required Guid Event { get; init; }
    public required Guid Member { get; init; }
    public required Guid Team { get; init; }
    public required Guid Role { get; init; }
    public required Guid Grant { get; init; }
    public required Guid Invitation { get; init; }
    public required Guid Connection { get; init; }
    public required Guid ConnectionTest { get; init; }
    public required Guid Domain { get; init; }
    public required Guid Saml { get; init; }
    public required Guid Flag { get; init; }
    public required Guid Rollout { get; init; }
    public required Guid Certificate { get; init; }
    public required Guid Experiment { get; init; }
    public required Guid Metric { get; init; }
    public required Guid Holdout { get; init; }
    public required Guid Board { get; init; }
    public required Guid Annotation { get; init; }
    public required Guid Report { get; init; }
    public required Guid ReportRun { get; init; }
    public required Guid ReportFile { get; init; }
    public required Guid ReportSchedule { get; init; }
    public required Guid Webhook { get; init; }
    public required Guid Submission { get; init; }
    public required Guid WebhookDelivery { get; init; }
    public required Guid PluginInstallation { get; init; }
    public required Guid PluginAttachment { get; init; }

    /// <summary>A publisher of theirs, and its private plugin.</summary>
    public required string Publisher { get; init; }

    public string Plugin => $"{Publisher}.guard";

    public required PortalOrganization Organization { get; init; }

    /// <summary>Everything that nobody else may read.</summary>
    public IEnumerable<string> Secrets =>
        [.. typeof(TheirThings).GetProperties().Where(p => p.PropertyType == typeof(Guid)).Select(p => $"{p.GetValue(this)}"), $"{Organization.Id}", Organization.Slug, Publisher, "globex secret", "globex.example"];

    /// <summary>A route's path with their ids in it.</summary>
    public string Fill(string path)
    {
        var id = path.Split('/')[3] switch
        {
            "tasks" => Task,
            "executions" => Execution,
            "validations" => Validation,
            "keys" => Key,
            "service-accounts" => ServiceAccount,
            "sign-on" => path.Contains("/domains/", StringComparison.Ordinal) ? Domain : path.Contains("/saml/", StringComparison.Ordinal) ? Saml : Connection,
            "audit" => Event,
            "organizations" => Organization.Id,
            "environments" => Organization.Owner.EnvironmentId,
            "members" => Member,
            "teams" => Team,
            "roles" => Role,
            "grants" => Grant,
            "flags" => Flag,
            "invitations" => Invitation,
            "experiments" => Experiment,
            "metrics" => Metric,
            "holdouts" => Holdout,
            "dashboards" => Board,
            "annotations" => Annotation,
            "reports" => Report,
            "webhooks" => Webhook,
            "plugin-installations" => path.Contains("/attachments/", StringComparison.Ordinal) ? PluginAttachment : PluginInstallation,
            "plugin-submissions" => Submission,
            _ => Guid.Empty,
        };
        return path.Replace("{id}", $"{id}", StringComparison.Ordinal)
            .Replace("{scopeId}", $"{Key}", StringComparison.Ordinal)
            .Replace("{secretId}", $"{Key}", StringComparison.Ordinal)
            .Replace("{exampleId}", $"{Example}", StringComparison.Ordinal)
            .Replace("{jobId}", $"{Job}", StringComparison.Ordinal)
            .Replace("{testId}", $"{ConnectionTest}", StringComparison.Ordinal)
            .Replace("{certificateId}", $"{Certificate}", StringComparison.Ordinal)
            .Replace("{userId}", $"{Member}", StringComparison.Ordinal)
            .Replace("{runId}", $"{ReportRun}", StringComparison.Ordinal)
            .Replace("{fileId}", $"{ReportFile}", StringComparison.Ordinal)
            .Replace("{deliveryId}", $"{(path.Contains("/webhooks/", StringComparison.Ordinal) ? WebhookDelivery : ReportFile)}", StringComparison.Ordinal)
            .Replace("{scheduleId}", $"{ReportSchedule}", StringComparison.Ordinal)
            .Replace("{rolloutId}", $"{Rollout}", StringComparison.Ordinal)
            .Replace("{environment}", "production", StringComparison.Ordinal)
            .Replace("{key}", Plugin, StringComparison.Ordinal)
            .Replace("{name}", Publisher, StringComparison.Ordinal)
            .Replace("/versions/{version}/picture", "/versions/1.0.0/picture?path=icon.png", StringComparison.Ordinal)
            .Replace("{version}", path.Contains("/plugins/", StringComparison.Ordinal) ? "1.0.0" : "1", StringComparison.Ordinal)
            .Replace("/plugins/compare", $"/plugins/compare?keys={Plugin},loopai.pii", StringComparison.Ordinal)
            .Replace("/programs/compare", "/programs/compare?left=1&right=2", StringComparison.Ordinal)
            .Replace("/assignment", "/assignment?unit=somebody", StringComparison.Ordinal)
            .Replace("/access/explain", $"/access/explain?permission=tasks:read&subject={Member}", StringComparison.Ordinal);
    }

    /// <summary>An example's body with their ids in it.</summary>
    public string? FillBody(string? body) => body?.Replace("0199e1a0-5f3b-7c2d-8e4f-1a2b3c4d5e6f", $"{Task}", StringComparison.Ordinal)
        .Replace("0199e1a0-7a10-7c2d-8e4f-1a2b3c4d5e6f", $"{Member}", StringComparison.Ordinal);
}
