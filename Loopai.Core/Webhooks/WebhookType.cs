using System.Text.Json;
using Loopai.Core.Access;

namespace Loopai.Core.Webhooks;

/// <summary>A kind of event that can be subscribed to.</summary>
/// <param name="Name">As <c>task.created</c>.</param>
/// <param name="Description">When it is sent.</param>
/// <param name="Permission">What it takes to subscribe to it: nobody is told by a webhook what they may not read.</param>
/// <param name="Example">An example of its data, as JSON.</param>
public sealed record WebhookType(string Name, string Description, string Permission, string Example)
{
    /// <summary>The shape of every event's data. A member is added without notice; one that goes or changes its meaning makes the next version.</summary>
    public const int Version = 1;

    /// <summary>Whether the events belong to one environment each, and so takes the permission there. Tasks are the organization's, whoever may read them in one environment.</summary>
    public bool IsOfEnvironment => Permission != Permissions.TasksRead && Permissions.OnEnvironment.Contains(Permission);

    /// <summary>The first word: what it is about.</summary>
    public string Group => Name[..Name.IndexOf('.')];

    /// <summary>The whole body, as a receiver would get it.</summary>
    public JsonElement ExampleBody() => JsonElement.Parse(WebhookBody.Of(Name, new DateTimeOffset(2026, 3, 14, 9, 26, 53, 589, TimeSpan.Zero), Example).Span);
}
