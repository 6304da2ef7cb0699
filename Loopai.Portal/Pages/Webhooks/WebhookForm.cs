using System.Text.Json;
using Loopai.Core.Audit;
using Loopai.Core.Webhooks;

namespace Loopai.Portal.Pages.Webhooks;

/// <summary>What a person writes down of a webhook.</summary>
public sealed class WebhookForm
{
    private readonly List<Guid> _tasks = [];

    public string Name { get; set; } = "";

    public string Url { get; set; } = "";

    /// <summary>Types, groups as <c>experiment.*</c>, or <c>*</c>.</summary>
    public HashSet<string> Types { get; } = new(StringComparer.Ordinal);

    /// <summary>An environment's short name; empty for all.</summary>
    public string Environment { get; set; } = "";

    public string Condition { get; set; } = "";

    /// <summary>One a line, as <c>Name: value</c>.</summary>
    public string Headers { get; set; } = "";

    public bool IsOrdered { get; set; }

    /// <summary>The key of the plugin that says what is sent; empty for the event as it is.</summary>
    public string Handler { get; set; } = "";

    public IReadOnlyCollection<Guid> Tasks => _tasks;

    /// <summary>Whether anything narrows it, so that it is not hidden.</summary>
    public bool IsNarrowed => Environment.Length > 0 || Condition.Length > 0 || Headers.Length > 0 || IsOrdered || Handler.Length > 0 || _tasks.Count > 0;

    public static WebhookForm Of(WebhookItem item)
    {
        var s = item.Subscription;
        var form = new WebhookForm
        {
            Name = s.Name, Url = s.Url, Environment = item.Environment ?? "", Condition = s.Condition ?? "", IsOrdered = s.IsOrdered, Handler = item.Handler ?? "",
            Headers = string.Join('\n', s.HeaderNames.Select(name => $"{name}: {AuditMask.Masked}")),
        };
        form.Types.UnionWith(s.EventTypes);
        form._tasks.AddRange(s.TaskIds);
        return form;
    }

    public void Switch(Guid task)
    {
        if (!_tasks.Remove(task))
        {
            _tasks.Add(task);
        }
    }

    /// <summary>What it asks for; null, with the field's fault, where a text cannot be read.</summary>
    public WebhookDefinition? ToDefinition(Dictionary<string, string[]> errors)
    {
        JsonElement? condition = JsonElement.Parse("{}");
        if (!string.IsNullOrWhiteSpace(Condition))
        {
            try
            {
                condition = JsonElement.Parse(Condition);
            }
            catch (JsonException)
            {
                errors["condition"] = ["This is no JSON. A condition is an object, such as {\"status\": \"timeout\"}."];
            }
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in Headers.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || !headers.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim()))
            {
                errors["headers"] = [$"Write one header a line, as Name: value, and each once. This cannot be read: {line}"];
            }
        }

        return errors.Count > 0 ? null : new WebhookDefinition
        {
            Name = Name, Url = Url, EventTypes = [.. Types], TaskIds = [.. _tasks], Environment = Environment, Condition = condition, Headers = headers, IsOrdered = IsOrdered, Handler = Handler,
        };
    }

    /// <summary>Chooses all types of a group, or none.</summary>
    public void SwitchGroup(string group)
    {
        var all = $"{group}.*";
        var chosen = Types.Contains(all);
        Types.RemoveWhere(type => type.StartsWith(group + ".", StringComparison.Ordinal));
        if (!chosen)
        {
            Types.Add(all);
        }
    }

    /// <summary>Chooses a type or drops it; of a group that was chosen whole, the others stay.</summary>
    public void Switch(WebhookType type)
    {
        if (Types.Remove($"{type.Group}.*"))
        {
            Types.UnionWith(WebhookTypes.All.Where(other => other.Group == type.Group && other.Name != type.Name).Select(other => other.Name));
        }
        else if (!Types.Remove(type.Name))
        {
            Types.Add(type.Name);
        }
    }
}
