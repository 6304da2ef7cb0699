using System.Security.Cryptography;
using System.Text;
using Loopai.Core.Audit;
using Loopai.Core.Audit.Streaming;
using Loopai.Core.Errors;
using Loopai.Core.Outbound;
using Loopai.Infrastructure.Outbound;
using Loopai.Portal.Tests.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Audit;

/// <summary>Carrying events to a receiver that fails, stalls and dies: in order, none lost, at most a batch twice.</summary>
public sealed class AuditStreamTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private const string Token = "12345678-1234-1234-1234-1234567890ab";

    private readonly SteppedClock clock = new();
    private readonly OutboundHttp outbound = GuardedHandler.Create(allowPrivateNetworks: true);
    private readonly AuditStreamSecrets secrets = new(new EphemeralDataProtectionProvider());
    private AuditReceiver receiver = null!;
    private TestOrganization organization = null!;

    private AuditStreamSender Sender => new(outbound, secrets, clock);

    private AuditStreamService Streams => new(fixture.Data, outbound, secrets, Sender, clock);

    public async Task InitializeAsync()
    {
        outbound.Client.Timeout = TimeSpan.FromSeconds(1);
        receiver = await AuditReceiver.StartAsync();
        organization = await fixture.Database.AddOrganizationAsync();
    }

    public async Task DisposeAsync()
    {
        // What a test leaves behind is not for the next one to carry.
        await fixture.Database.AsOwnerAsync("UPDATE audit_streams SET is_enabled = false");
        await receiver.DisposeAsync();
        outbound.Client.Dispose();
    }

    [Fact]
    public async Task Webhook_FailsTwice_ThenTakesAllInOrder_SignedAsStandardWebhooks()
    {
        var created = await CreateAsync(AuditStreamKind.Webhook);
        await AddEventsAsync(250);
        receiver.Behaviour = (n, http) =>
        {
            http.Response.StatusCode = n < 2 ? 503 : 200;
            return Task.CompletedTask;
        };
        var worker = Worker();

        await worker.CarryAsync(default);
        (await StateAsync()).ShouldBe(("failing", 1, 0L));
        (await worker.CarryAsync(default)).ShouldBe(0, "it waits before it tries again");
        clock.Step(TimeSpan.FromMinutes(1));
        await worker.CarryAsync(default);
        (await StateAsync()).ShouldBe(("failing", 2, 0L));
        clock.Step(TimeSpan.FromMinutes(1));
        await worker.CarryAsync(default);

        receiver.Taken.ShouldBe(Numbers(251));
        (await StateAsync()).ShouldBe(("delivering", 0, 251L));
        foreach (var request in receiver.Requests)
        {
            var id = request.Headers["webhook-id"];
            using var hmac = new HMACSHA256(Convert.FromBase64String(created.Secret["whsec_".Length..]));
            var signed = Encoding.UTF8.GetBytes($"{id}.{request.Headers["webhook-timestamp"]}.").Concat(request.Body).ToArray();
            request.Headers["webhook-signature"].ShouldBe("v1," + Convert.ToBase64String(hmac.ComputeHash(signed)));
        }

        receiver.Requests.Take(3).Select(r => r.Headers["webhook-id"]).Distinct().Count().ShouldBe(1, "a batch that is repeated says so");
    }

    [Fact]
    public async Task Webhook_Stalls_IsGivenUpAndTriedAgain()
    {
        await CreateAsync(AuditStreamKind.Webhook);
        await AddEventsAsync(3);
        using var end = new CancellationTokenSource();
        receiver.Behaviour = (n, _) => n == 0 ? Task.Delay(Timeout.Infinite, end.Token) : Task.CompletedTask;

        await Worker().CarryAsync(default);
        var (state, error) = (await StateAsync(), (await Streams.ListAsync(organization.Caller, default))[0].Stream.LastError);
        await end.CancelAsync();
        clock.Step(TimeSpan.FromMinutes(1));
        await Worker().CarryAsync(default);

        state.ShouldBe(("failing", 1, 0L));
        error.ShouldBe("No answer within ten seconds.");
        receiver.Taken.ShouldBe(Numbers(4));
    }

    [Fact]
    public async Task Webhook_AnswersWithARedirect_IsNotDelivered()
    {
        await CreateAsync(AuditStreamKind.Webhook);
        await AddEventsAsync(1);
        receiver.Behaviour = (n, http) =>
        {
            http.Response.StatusCode = n == 0 ? 302 : 200;
            http.Response.Headers.Location = "/sign-in";
            return Task.CompletedTask;
        };

        await Worker().CarryAsync(default);

        (await StateAsync()).ShouldBe(("failing", 1, 0L));
        (receiver.Requests.Count, receiver.Taken.Count).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Worker_AddressIsPutRightDuringABacklog_GoesToTheNewOne()
    {
        var created = await CreateAsync(AuditStreamKind.Splunk);
        await AddEventsAsync(250);
        await using var right = await AuditReceiver.StartAsync();
        receiver.Behaviour = (_, _) => Streams.UpdateAsync(organization.Caller, created.Stream.Id, new AuditStreamChange { Url = right.Url, Secret = Token }, default);

        await Worker().CarryAsync(default);

        (receiver.Requests.Count, right.Taken.Count).ShouldBe((1, 151));
    }

    [Fact]
    public async Task Worker_KilledInTheMiddle_IsSucceededAndRepeatsAtMostABatch()
    {
        await CreateAsync(AuditStreamKind.Splunk);
        await AddEventsAsync(349);
        using var kill = new CancellationTokenSource();
        receiver.Behaviour = (n, _) => n == 1 ? kill.CancelAsync() : Task.CompletedTask;

        await Should.ThrowAsync<OperationCanceledException>(Worker().CarryAsync(kill.Token));
        (await Worker().CarryAsync(default)).ShouldBe(0, "the dead portal's lease still stands");
        clock.Step(AuditStreamWorker.Lease + TimeSpan.FromSeconds(1));
        await Worker().CarryAsync(default);

        receiver.Taken.Distinct().ShouldBe(Numbers(350));
        receiver.Taken.Count.ShouldBeInRange(350, 350 + AuditStreamWorker.BatchSize);
    }

    [Fact]
    public async Task Workers_TwoPortalsAtOnce_CarryEachEventOnce()
    {
        await CreateAsync(AuditStreamKind.Webhook);
        await AddEventsAsync(300);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Worker().CarryAsync(default)));

        receiver.Taken.ShouldBe(Numbers(301));
    }

    [Fact]
    public async Task Update_AddressOfAnotherServer_IsNotToldTheToken()
    {
        var created = await CreateAsync(AuditStreamKind.Splunk);
        await using var other = await AuditReceiver.StartAsync();

        var refused = await Should.ThrowAsync<InvalidException>(Streams.UpdateAsync(organization.Caller, created.Stream.Id, new AuditStreamChange { Url = other.Url }, default));
        refused.Errors.Keys.ShouldBe(["secret"]);
        await Streams.UpdateAsync(organization.Caller, created.Stream.Id, new AuditStreamChange { Url = receiver.Url + "/elsewhere" }, default);
        await Streams.UpdateAsync(organization.Caller, created.Stream.Id, new AuditStreamChange { Url = other.Url, Secret = "abcdefgh-1234" }, default);
    }

    [Fact]
    public async Task Splunk_Events_GoToTheCollectorWithTheToken()
    {
        var created = await CreateAsync(AuditStreamKind.Splunk);
        await AddEventsAsync(2);

        await Worker().CarryAsync(default);
        var test = await Streams.TestAsync(organization.Caller, created.Stream.Id, default);

        test.Delivered.ShouldBeTrue(test.Error);
        var request = receiver.Requests.First();
        request.Path.ShouldBe("/services/collector/event");
        request.Headers["Authorization"].ShouldBe("Splunk 12345678-1234-1234-1234-1234567890ab");
        Encoding.UTF8.GetString(request.Body).ShouldContain("\"sourcetype\":\"loopai:audit\"");
        receiver.Taken.ShouldBe([1, 2, 3, 0]);
    }

    [Fact]
    public async Task Test_RefusedByTheReceiver_SaysWhatItSaid_AndIsRecorded()
    {
        var created = await CreateAsync(AuditStreamKind.Splunk);
        receiver.Behaviour = (_, http) =>
        {
            http.Response.StatusCode = 403;
            return http.Response.WriteAsync("""{"text":"Invalid token","code":4}""");
        };

        var test = await Streams.TestAsync(organization.Caller, created.Stream.Id, default);

        test.Delivered.ShouldBeFalse();
        test.Error!.ShouldContain("Invalid token");
        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        (await db.AuditEvents.SingleAsync(e => e.Action == "audit_stream.tested")).Result.ShouldBe(AuditResult.Failed);
    }

    [Fact]
    public async Task Create_EverythingWrong_SaysAllAtOnce()
    {
        var streams = new AuditStreamService(fixture.Data, new OutboundHttp(outbound.Client, allowsPlainText: false), secrets, Sender, clock);

        var refused = await Should.ThrowAsync<InvalidException>(
            streams.CreateAsync(organization.Caller, new NewAuditStream("", AuditStreamKind.Splunk, "http://user@host", "no token!"), default));

        refused.Errors.Keys.ShouldBe(["name", "url", "secret"], ignoreOrder: true);
    }

    [Fact]
    public async Task Secret_InTheDatabase_IsNotReadable()
    {
        var created = await CreateAsync(AuditStreamKind.Webhook);

        var stored = (byte[])(await fixture.Database.AsOwnerAsync($"SELECT protected_secret FROM audit_streams WHERE id = '{created.Stream.Id}'"))!;

        Encoding.Latin1.GetString(stored).ShouldNotContain(created.Secret["whsec_".Length..]);
        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        (await db.AuditEvents.Select(e => e.After).ToListAsync()).ShouldAllBe(after => !after!.Contains(created.Secret));
    }

    [Theory]
    [InlineData(1, 0.5, 1)]
    [InlineData(5, 8, 16)]
    [InlineData(60, 150, 300)]
    public void WaitAfter_Failures_DoublesUpToFiveMinutes(int attempts, double least, double most) =>
        AuditStreamWorker.WaitAfter(attempts).TotalSeconds.ShouldBeInRange(least, most);

    private AuditStreamWorker Worker() => new(fixture.Data, new AuditQueries(fixture.Data), Sender, clock, NullLogger<AuditStreamWorker>.Instance);

    private Task<CreatedAuditStream> CreateAsync(AuditStreamKind kind) => Streams.CreateAsync(
        organization.Caller,
        new NewAuditStream("SIEM", kind, receiver.Url, kind == AuditStreamKind.Splunk ? Token : null, FromStart: true), default);

    /// <summary>So many, beside the one that tells of the stream.</summary>
    private async Task AddEventsAsync(int count)
    {
        await using (var db = await fixture.Data.OpenAsync(organization.Caller, default))
        {
            for (var i = 0; i < count; i++)
            {
                db.Record(organization.Caller, "task.made", "task", i);
            }

            await db.SaveChangesAsync();
        }

        await new AuditSealing(fixture.Data, TimeProvider.System).SealAsync(organization.Id, default);
    }

    private async Task<(string State, int Attempts, long Cursor)> StateAsync()
    {
        var stream = (await Streams.ListAsync(organization.Caller, default)).Single().Stream;
        return (stream.State, stream.Attempts, stream.Cursor);
    }

    private static IEnumerable<long> Numbers(int count) => Enumerable.Range(1, count).Select(n => (long)n);

    private sealed class SteppedClock : TimeProvider
    {
        private TimeSpan ahead;

        public void Step(TimeSpan by) => ahead += by;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
    }
}
