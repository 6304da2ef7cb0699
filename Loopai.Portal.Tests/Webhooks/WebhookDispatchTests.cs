using System.Text;
using System.Text.Json;
using Loopai.Core.Audit;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;
using Loopai.Core.Webhooks;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Webhooks;

/// <summary>Which events become deliveries.</summary>
public sealed class WebhookDispatchTests(LoopaiDatabaseFixture fixture) : WebhookScene(fixture)
{
    [Fact]
    public async Task Publish_ChangeIsTakenBack_TellsNothing()
    {
        await Given.SubscribeAsync(Receiver.Url);
        await using (var db = await Fixture.Data.OpenAsync(Given.Caller, default))
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.Record(Given.Caller, "task.created", "task", Guid.CreateVersion7(), new { name = "spam" });
            await db.SaveChangesAsync();
            (await db.WebhookEvents.CountAsync()).ShouldBe(1, "the audit record of a change is its event");
        }

        (await Given.Dispatch.DispatchAsync(default)).ShouldBe(0);
    }

    [Fact]
    public async Task Dispatch_Filters_LetThroughWhatIsWanted()
    {
        var (task, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await using (var db = await Fixture.Data.OpenAsync(Given.Caller, default))
        {
            db.Tasks.Add(new TaskDefinition
            {
                Id = task, OrganizationId = Given.Organization.Id, Name = "Spam", InputSchema = "{}", OutputSchema = "{}", Sampling = new SamplingPolicy(), SpecificationHash = "",
                CreatedBy = "test", CreatedAt = Given.Clock.GetUtcNow(), UpdatedAt = Given.Clock.GetUtcNow(),
            });
            await db.SaveChangesAsync();
        }

        var narrow = await Given.Webhooks.CreateAsync(
            Given.Caller,
            new WebhookDefinition { Name = "n", Url = Receiver.Url, EventTypes = ["execution.*"], TaskIds = [task], Environment = "production", Condition = JsonElement.Parse("""{"status":"timeout"}""") }, default);
        await using (var db = await Fixture.Data.OpenAsync(Given.Caller, default))
        {
            var here = Given.Organization.EnvironmentId;
            db.Publish(Given.Organization.Id, WebhookTypes.ExecutionFailed, new { status = "timeout", wanted = true }, here, task);
            db.Publish(Given.Organization.Id, WebhookTypes.ExecutionFailed, new { status = "error" }, here, task);
            db.Publish(Given.Organization.Id, WebhookTypes.ExecutionFailed, new { status = "timeout" }, here, other);
            db.Publish(Given.Organization.Id, WebhookTypes.ExecutionFailed, new { status = "timeout" }, Guid.CreateVersion7(), task);
            db.Publish(Given.Organization.Id, WebhookTypes.ValidationFailed, new { status = "timeout" }, here, task);
            await db.SaveChangesAsync();
        }

        (await Given.Dispatch.DispatchAsync(default)).ShouldBe(1);
        await Given.DeliverAsync(narrow);

        Encoding.UTF8.GetString(Receiver.Requests.Single().Body).ShouldContain("\"wanted\":true");
        await using var after = await Fixture.Data.OpenAsync(Given.Caller, default);
        (await after.WebhookEvents.CountAsync()).ShouldBe(1, "what nobody wants is not kept");
    }

    [Fact]
    public async Task Dispatch_FailsForOne_GoesOnForTheOthers()
    {
        var broken = new GivenWebhook(Fixture.Database, await Fixture.Database.AddOrganizationAsync());
        await broken.Webhooks.CreateAsync(
            broken.Caller, new WebhookDefinition { Name = "n", Url = Receiver.Url, EventTypes = ["*"], Condition = JsonElement.Parse("""{"status":"timeout"}""") }, default);
        await Fixture.Database.AsOwnerAsync($"""
            INSERT INTO webhook_events (id, organization_id, type, at, data, waiting_since) VALUES (gen_random_uuid(), '{broken.Organization.Id}', 'task.created', now(), 'no json', now())
            """);
        var made = await Given.SubscribeAsync(Receiver.Url);

        await Given.PublishAsync(1);

        (await Given.DeliveriesAsync(made)).Count.ShouldBe(1);
        broken.Dispose();
    }
}
