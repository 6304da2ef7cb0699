using System.Runtime.Versioning;
using Loopai.Core.Access;
using Loopai.Core.Reports.Delivery;
using Loopai.Core.Reports.Running;
using Loopai.Core.Reports.Scheduling;
using Loopai.Portal.Startup;
using Loopai.Portal.Tests.Access;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Identity;
using Loopai.Portal.Tests.Peers;
using Loopai.Portal.Tests.Postgres;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Reports;

/// <summary>Portals that share a database: each run once, each mail once, also when one is killed in the middle.</summary>
[SupportedOSPlatform("linux")]
public sealed class TwoPortalsTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();
    private LoopaiDatabase database = null!;

    public async Task InitializeAsync() => database = await LoopaiDatabase.CreateAsync();

    public async Task DisposeAsync()
    {
        await database.DisposeAsync();
        _folder.Dispose();
    }

    [PeerFact]
    public async Task Schedule_TwoPortals_MakeOneRunAndSendOneMail()
    {
        await using var mail = await MailPeer.StartAsync();
        var (given, owner, report) = await PrepareAsync();
        await given.Schedules.CreateAsync(
            owner, report, new ScheduleDraft("0 7 * * *", "UTC", [ReportFormat.Csv], new ReportRecipients { Addresses = ["board@example.com"] }, CatchUp.Latest), default);
        PortalHost[] portals = await Task.WhenAll(StartAsync("one", mail), StartAsync("two", mail));
        try
        {
            await ChangeAsync(db => db.ReportSchedules.ExecuteUpdateAsync(set => set.SetProperty(s => s.NextDueAt, DateTimeOffset.UtcNow.AddSeconds(-1))));
            await mail.ReadWholeAsync("board@example.com");
            await Eventually.BecomesAsync(async () => (await DeliveryAsync(given, owner, report)).Status, DeliveryStatus.Sent);
        }
        finally
        {
            await Task.WhenAll(portals.Select(PortalFixture.StopAsync));
        }

        (await given.Runs.ListAsync(owner, report, null, new(), default)).Items.Count.ShouldBe(1);
        ((await DeliveryAsync(given, owner, report)).Attempts, await mail.CountAsync("board@example.com")).ShouldBe((1, 1));
    }

    [PeerFact]
    public async Task Run_PortalIsKilledInTheMiddle_AnotherEndsItAndSendsOnce()
    {
        await using var mail = await MailPeer.StartAsync();
        var (given, owner, report) = await PrepareAsync();
        var run = await given.Runs.StartAsync(
            owner, report, new RunRequest([ReportFormat.Pdf, ReportFormat.Csv], new ReportRecipients { Addresses = ["board@example.com"] }), default);
        using (var first = await PortalProcess.StartWithAsync([.. Settings("killed", mail), $"--Reports:Chromium={Printer("for-ever", "exec sleep 600")}"]))
        {
            await Eventually.BecomesAsync(async () => (await given.Runs.GetAsync(owner, run.Id, default)).Run.Stage, "Writing the PDF");
            await first.KillAsync();
        }

        var second = await StartAsync("second", mail, $"--Reports:Chromium={Printer("at-once", "for a; do case $a in --print-to-pdf=*) printf %%PDF-1.7 > \"${a#*=}\";; esac; done")}");
        try
        {
            // The lease of the dead one ends; in three minutes, where nobody helps.
            await ChangeAsync(db => db.ReportRuns.ExecuteUpdateAsync(set => set.SetProperty(r => r.NextAttemptAt, DateTimeOffset.UtcNow)));
            await mail.ReadWholeAsync("board@example.com");
            await Eventually.BecomesAsync(async () => (await DeliveryAsync(given, owner, report)).Status, DeliveryStatus.Sent);
        }
        finally
        {
            await PortalFixture.StopAsync(second);
        }

        var done = await given.Runs.GetAsync(owner, run.Id, default);
        (done.Run.Status, done.Run.Attempts).ShouldBe((RunStatus.Succeeded, 1), done.Run.Log);
        done.Run.Log.ShouldContain("another goes on");
        done.Files.Select(f => f.Format).ShouldBe([ReportFormat.Pdf, ReportFormat.Csv]);
        (await mail.CountAsync("board@example.com")).ShouldBe(1);
    }

    private string[] Settings(string name, MailPeer mail) =>
    [
        $"--Portal:DataDirectory={Path.Combine(_folder.Path, name)}", $"--Database:ConnectionString={database.Connections.Owner}", "--Portal:PublicUrl=http://loopai.example", .. mail.Settings,
    ];

    private async Task<PortalHost> StartAsync(string name, MailPeer mail, params string[] settings) =>
        await PortalHost.StartAsync(["--Portal:Url=http://127.0.0.1:0", "--Logging:LogLevel:Default=Critical", .. Settings(name, mail), .. settings], Console.Error)
        ?? throw new InvalidOperationException("The portal did not start.");

    /// <summary>What stands in for Chromium, so that when it is done is the test's to say.</summary>
    private string Printer(string name, string script)
    {
        var file = Path.Combine(_folder.Path, name);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }

    private async Task<(GivenReport Given, Caller Owner, Guid Report)> PrepareAsync()
    {
        var organization = await GivenOrganization.Async(database.Data);
        var given = new GivenReport(database.Data, TimeProvider.System);
        var owner = await organization.OwnerAsync();
        return (given, owner, (await given.AddAsync(owner)).Report.Id);
    }

    private static async Task<ReportDelivery> DeliveryAsync(GivenReport given, Caller owner, Guid report)
    {
        var run = (await given.Runs.ListAsync(owner, report, null, new(), default)).Items.Single();
        return (await given.Runs.GetAsync(owner, run.Id, default)).Deliveries.Single();
    }

    private async Task ChangeAsync(Func<Core.Data.LoopaiDbContext, Task<int>> change)
    {
        await using var db = await database.Data.OpenAsync(Caller.Installation, default);
        (await change(db)).ShouldBe(1);
    }
}
