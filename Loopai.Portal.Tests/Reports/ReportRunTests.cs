using Loopai.Core.Access;
using Loopai.Core.Analytics;
using Loopai.Core.Errors;
using Loopai.Core.Notifications;
using Loopai.Core.Reports;
using Loopai.Core.Reports.Delivery;
using Loopai.Core.Reports.Running;
using Loopai.Core.Reports.Scheduling;
using Loopai.Portal.Tests.Access;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Rollouts;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Reports;

/// <summary>Schedules, runs and mails: each once, whatever dies in between.</summary>
public sealed class ReportRunTests : IAsyncLifetime
{
    private readonly MovableClock _clock = new();
    private LoopaiDatabase database = null!;

    /// <summary>One of its own for each test: a runner takes whatever is due, whoever left it.</summary>
    public async Task InitializeAsync() => database = await LoopaiDatabase.CreateAsync();

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task Tick_TwoInstancesAtOnce_MakeOneRun()
    {
        var (given, owner, report) = await PrepareAsync();
        var schedule = await given.Schedules.CreateAsync(owner, report, new ScheduleDraft("0 7 * * *", "UTC", [ReportFormat.Csv]), default);
        _clock.Ahead += TimeSpan.FromDays(1);
        var clocks = Enumerable.Range(0, 4).Select(_ => given.Clock()).ToList();
        (await Task.WhenAll(clocks.Select(clock => clock.TickAsync(default)))).ShouldContain(1);

        var runs = await given.Runs.ListAsync(owner, report, null, new(), default);
        runs.Items.Count.ShouldBe(1);
        (runs.Items[0].DueAt, runs.Items[0].ScheduleId).ShouldBe((new DateTimeOffset(2026, 3, 3, 7, 0, 0, TimeSpan.Zero), schedule.Id));
        (await given.Schedules.ListAsync(owner, report, default))[0].NextDueAt.ShouldBe(new DateTimeOffset(2026, 3, 4, 7, 0, 0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(CatchUp.Latest, 1)]
    [InlineData(CatchUp.All, 3)]
    [InlineData(CatchUp.Skip, 0)]
    public async Task Tick_TimesWereMissed_GoesByThePolicy(CatchUp policy, int expected)
    {
        var (given, owner, report) = await PrepareAsync();
        await given.Schedules.CreateAsync(owner, report, new ScheduleDraft("0 7 * * *", "UTC", [ReportFormat.Csv], CatchUp: policy), default);
        _clock.Ahead += TimeSpan.FromDays(3);
        (await given.Clock().TickAsync(default)).ShouldBe(expected);
    }

    [Fact]
    public async Task Run_PortalDiesInTheMiddle_AnotherGoesOnAndRepeatsNothing()
    {
        var (given, owner, report) = await PrepareAsync();
        var (csv, mail) = (new CountingWriter(ReportFormat.Csv), new CountingWriter(ReportFormat.Html) { Before = () => throw new PortalDied() });
        var run = await given.Runs.StartAsync(owner, report, new RunRequest([ReportFormat.Csv], To("board@example.com")), default);
        await Should.ThrowAsync<PortalDied>(() => given.Runner(csv, mail).RunNextAsync(default));
        (await given.Runner(csv, mail).RunNextAsync(default)).ShouldBeFalse("its lease has not ended");

        _clock.Ahead += TimeSpan.FromMinutes(4);
        mail.Before = null;
        (await given.Runner(csv, mail).RunNextAsync(default)).ShouldBeTrue();
        (await given.Runner(csv, mail).RunNextAsync(default)).ShouldBeFalse();

        var done = await given.Runs.GetAsync(owner, run.Id, default);
        done.Run.Status.ShouldBe(RunStatus.Succeeded, done.Run.Log);
        (csv.Written, mail.Written).ShouldBe((1, 1));
        done.Files.ShouldHaveSingleItem().Format.ShouldBe(ReportFormat.Csv);
        await using var db = await database.Data.OpenAsync(owner, default);
        (await db.CostEntries.Where(e => e.SubjectId == run.Id).Select(e => e.Kind + " " + e.Meter).ToListAsync()).ShouldBe(["Report compute:report"], "it is charged once");
        done.Deliveries.ShouldHaveSingleItem().Status.ShouldBe(DeliveryStatus.Waiting);
        (await given.Sender().SendDueAsync(default)).ShouldBe(1);
        (await given.Sender().SendDueAsync(default)).ShouldBe(0);
        given.Mail.Sent.ShouldHaveSingleItem().Attachments.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Run_CancelledMeanwhile_LeavesNothingBehind()
    {
        var (given, owner, report) = await PrepareAsync();
        var run = await given.Runs.StartAsync(owner, report, new RunRequest([ReportFormat.Csv], To("board@example.com")), default);
        var csv = new CountingWriter(ReportFormat.Csv) { Before = () => given.Runs.CancelAsync(owner, run.Id, default) };
        await given.Runner(csv, new CountingWriter(ReportFormat.Html)).RunNextAsync(default);
        var done = await given.Runs.GetAsync(owner, run.Id, default);
        (done.Run.Status, done.Deliveries.Count).ShouldBe((RunStatus.Cancelled, 0));
    }

    [Fact]
    public async Task Run_FailsAgainAndAgain_WaitsLongerAndThenForAPerson()
    {
        var (given, owner, report) = await PrepareAsync();
        var csv = new CountingWriter(ReportFormat.Csv) { Before = () => throw new UnavailableException("test.down", "It is down.") };
        var run = await given.Runs.StartAsync(owner, report, new RunRequest([ReportFormat.Csv]), default);
        for (var attempt = 1; attempt <= ReportRun.MaxAttempts; attempt++)
        {
            (await given.Runner(csv).RunNextAsync(default)).ShouldBeTrue();
            (await given.Runner(csv).RunNextAsync(default)).ShouldBeFalse("it waits");
            _clock.Ahead += ReportRunner.WaitAfter(attempt) + TimeSpan.FromSeconds(1);
        }

        var failed = await given.Runs.GetAsync(owner, run.Id, default);
        (failed.Run.Status, failed.Run.Error).ShouldBe((RunStatus.Dead, "It is down."));
        await ShouldTellItsOwnerAsync(given, owner, run.Id);
        csv.Before = null;
        await given.Runs.RetryAsync(owner, run.Id, default);
        await given.Runner(csv).RunNextAsync(default);
        (await given.Runs.GetAsync(owner, run.Id, default)).Run.Status.ShouldBe(RunStatus.Succeeded);
        (await new AttentionService(database.Data, _clock).ListAsync(owner, default)).ShouldBeEmpty();
    }

    private async Task ShouldTellItsOwnerAsync(GivenReport given, Caller owner, Guid run)
    {
        var bell = (await new AttentionService(database.Data, _clock).ListAsync(owner, default)).ShouldHaveSingleItem();
        (bell.Kind, bell.TaskId, bell.TaskName).ShouldBe((AttentionKind.ReportFailed, run, "Notes"));
        await using var db = await database.Data.OpenAsync(owner, default);
        (await db.AuditEvents.SingleAsync(e => e.Action == "report.failed")).Reason.ShouldBe("It is down.");
        await given.Queue.StartAsync(default);
        await Eventually.BecomesAsync(() => Task.FromResult(given.Mail.Sent.Count), 1);
        await given.Queue.StopAsync(default);
        (given.Mail.Sent[0].To, given.Mail.Sent[0].Subject).ShouldBe((await EmailAsync(owner.PersonId!.Value), "Notes could not be made"));
        given.Mail.Sent[0].Text.ShouldContain($"/reports/runs/{run}");
    }

    [Fact]
    public async Task Run_FormatCannotBeMadeHere_MakesTheOthersAndSaysHowToGetIt()
    {
        var (given, owner, report) = await PrepareAsync();
        var pdf = new CountingWriter(ReportFormat.Pdf) { Missing = "Install Chromium." };
        var both = await given.Runs.StartAsync(owner, report, new RunRequest([ReportFormat.Pdf, ReportFormat.Csv]), default);
        var alone = await given.Runs.StartAsync(owner, report, new RunRequest([ReportFormat.Pdf]), default);
        var runner = given.Runner(pdf, new CountingWriter(ReportFormat.Csv));
        await runner.RunNextAsync(default);
        await runner.RunNextAsync(default);
        var made = await given.Runs.GetAsync(owner, both.Id, default);
        (made.Run.Status, made.Files.Count).ShouldBe((RunStatus.Succeeded, 1));
        made.Run.Log.ShouldContain("Install Chromium.");
        (await given.Runs.GetAsync(owner, alone.Id, default)).Run.ShouldSatisfyAllConditions(r => r.Status.ShouldBe(RunStatus.Dead), r => r.Error.ShouldBe("Install Chromium."));
    }

    [Fact]
    public async Task Run_OwnerHasLeft_EndsForGood()
    {
        var organization = await GivenOrganization.Async(database.Data);
        var given = new GivenReport(database.Data, _clock);
        var analyst = await organization.MemberAsync("analyst");
        var caller = await organization.AsAsync(analyst);
        var report = (await given.AddAsync(caller)).Report.Id;
        var run = await given.Runs.StartAsync(caller, report, new RunRequest([ReportFormat.Csv]), default);
        await organization.Members.DeactivateAsync(organization.System, analyst, default);
        await given.Runner(new CountingWriter(ReportFormat.Csv)).RunNextAsync(default);
        (await given.Runs.GetAsync(organization.System, run.Id, default)).Run.Status.ShouldBe(RunStatus.Dead);
    }

    [Fact]
    public async Task Send_PortalDiesBetweenSentAndRecorded_IsSeenAndNeverSentAgainByItself()
    {
        var (given, owner, report) = await PrepareAsync();
        var run = await MadeAsync(given, owner, report, To("board@example.com"));
        given.Mail.Fails = mail =>
        {
            given.Mail.Sent.Add(mail);
            return new PortalDied();
        };
        await Should.ThrowAsync<PortalDied>(() => given.Sender().SendDueAsync(default));
        given.Mail.Fails = null;
        (await given.Sender().SendDueAsync(default)).ShouldBe(0);
        _clock.Ahead += TimeSpan.FromMinutes(6);
        (await given.Sender().SendDueAsync(default)).ShouldBe(0);
        _clock.Ahead += TimeSpan.FromDays(1);
        (await given.Sender().SendDueAsync(default)).ShouldBe(0);
        given.Mail.Sent.Count.ShouldBe(1);

        var stuck = (await given.Runs.GetAsync(owner, run, default)).Deliveries.ShouldHaveSingleItem();
        stuck.Status.ShouldBe(DeliveryStatus.Uncertain);
        await given.Runs.SendAgainAsync(owner, run, stuck.Id, default);
        (await given.Sender().SendDueAsync(default)).ShouldBe(1);
        (await given.Runs.GetAsync(owner, run, default)).Deliveries[0].Status.ShouldBe(DeliveryStatus.Sent);
        given.Mail.Sent.Select(m => m.Headers["Message-ID"]).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Send_TwoInstancesAtOnce_SendOnce()
    {
        var (given, owner, report) = await PrepareAsync();
        await MadeAsync(given, owner, report, To([.. Enumerable.Range(0, 12).Select(i => $"reader{i}@example.com")]));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => given.Sender().SendDueAsync(default)));
        given.Mail.Sent.Select(m => m.To).Order().ShouldBe(Enumerable.Range(0, 12).Select(i => $"reader{i}@example.com").Order());
    }

    [Fact]
    public async Task Send_ServerRefuses_TriesLaterAndThenShowsIt()
    {
        var (given, owner, report) = await PrepareAsync();
        var run = await MadeAsync(given, owner, report, To("board@example.com"));
        given.Mail.Fails = _ => new UnavailableException("mail.failed", "Mailbox unavailable.");
        for (var attempt = 1; attempt <= ReportDelivery.MaxAttempts; attempt++)
        {
            await given.Sender().SendDueAsync(default);
            _clock.Ahead += DeliverySender.WaitAfter(attempt) + TimeSpan.FromSeconds(1);
        }

        var failed = (await given.Runs.GetAsync(owner, run, default)).Deliveries.ShouldHaveSingleItem();
        (failed.Status, failed.Attempts, failed.Error).ShouldBe((DeliveryStatus.Failed, ReportDelivery.MaxAttempts, "Mailbox unavailable."));
        given.Mail.Fails = _ => new UnavailableException(IMailSender.UncertainCode, "The connection ended.");
        await given.Runs.SendAgainAsync(owner, run, failed.Id, default);
        await given.Sender().SendDueAsync(default);
        (await given.Runs.GetAsync(owner, run, default)).Deliveries[0].Status.ShouldBe(DeliveryStatus.Uncertain);
    }

    [Fact]
    public async Task Readers_AreEverybodyNamedOnce_EachWithTheirOwnPermissions()
    {
        var organization = await GivenOrganization.Async(database.Data);
        var given = new GivenReport(database.Data, _clock);
        var owner = await organization.OwnerAsync();
        var (viewer, nobody) = (await organization.MemberAsync("viewer"), await organization.MemberAsync());
        var team = await organization.Teams.CreateAsync(organization.System, "Readers", null, default);
        await organization.Teams.AddMemberAsync(organization.System, team.Id, viewer, AccessSource.Manual, default);
        var email = await EmailAsync(nobody);
        var readers = await new ReportActors(database.Data, _clock).ReadersAsync(
            owner, new ReportRecipients { Addresses = ["Outside@example.com", email.ToUpperInvariant()], People = [viewer], Teams = [team.Id], Roles = ["viewer", "owner"] }, default);
        readers.Count.ShouldBe(4);
        readers.Single(r => r.Address == "outside@example.com").Caller.ShouldBeSameAs(owner);
        readers.Single(r => r.Address == email).Caller.May(Permissions.TasksRead).ShouldBeFalse("a member's address is that member");
        readers.Count(r => r.Caller.Id == viewer).ShouldBe(1);

        var report = (await given.AddAsync(owner)).Report.Id;
        var mail = new CountingWriter(ReportFormat.Html);
        await given.Runs.StartAsync(owner, report, new RunRequest(null, new ReportRecipients { Addresses = ["outside@example.com", "other@example.com", email], People = [viewer] }), default);
        await given.Runner(mail).RunNextAsync(default);
        mail.Written.ShouldBe(3, "the owner's permissions, the viewer's, and none");
    }

    [Fact]
    public async Task Unsubscribe_ByTheMailsLink_EndsIt()
    {
        var (given, owner, report) = await PrepareAsync();
        await MadeAsync(given, owner, report, To("board@example.com"));
        await given.Sender().SendDueAsync(default);
        var token = given.Mail.Sent[0].Headers["List-Unsubscribe"].Split("token=")[1].TrimEnd('>');
        var links = new DeliveryLinks(database.Data, _clock);
        (await links.UnsubscribeAsync(DeliveryLinks.NewToken(), default)).ShouldBeFalse();
        (await links.UnsubscribeAsync(token, default)).ShouldBeTrue();
        (await links.UnsubscribeAsync(token, default)).ShouldBeTrue();
        var second = await MadeAsync(given, owner, report, To("board@example.com"));
        (await given.Sender().SendDueAsync(default)).ShouldBe(0);
        (await given.Runs.GetAsync(owner, second, default)).Deliveries.ShouldHaveSingleItem().Status.ShouldBe(DeliveryStatus.OptedOut);
    }

    [Fact]
    public async Task Update_EachChange_IsAVersionThatStays()
    {
        var (given, owner, report) = await PrepareAsync();
        var changed = await given.Reports.UpdateAsync(
            owner, report, new ReportDraft(Definition: new ReportDefinition { Sections = [new ReportSection { Kind = SectionKind.Text, Text = "Other words." }] }), 1, default);
        changed.Report.Version.ShouldBe(2);
        (await given.Reports.GetAsync(owner, report, 1, default)).Definition.Sections[0].Text.ShouldBe("Some **words**.");
        await Should.ThrowAsync<ChangedMeanwhileException>(() => given.Reports.UpdateAsync(owner, report, new ReportDraft("Late"), 1, default));
        var wrong = await Should.ThrowAsync<InvalidException>(() => given.Reports.CreateAsync(
            owner, new ReportDraft("", Definition: new ReportDefinition { Language = "xx-nowhere", TimeZone = "Mars/Olympus", Period = PeriodKind.Custom, Sections = [new ReportSection { Kind = SectionKind.Text }] }), default));
        wrong.Errors.Keys.Order().ShouldBe(["from", "language", "name", "sections[0].text", "timeZone", "to"]);
    }

    private static ReportRecipients To(params string[] addresses) => new() { Addresses = addresses };

    private async Task<(GivenReport Given, Caller Owner, Guid Report)> PrepareAsync()
    {
        var organization = await GivenOrganization.Async(database.Data);
        var given = new GivenReport(database.Data, _clock);
        var owner = await organization.OwnerAsync();
        return (given, owner, (await given.AddAsync(owner)).Report.Id);
    }

    private static async Task<Guid> MadeAsync(GivenReport given, Caller owner, Guid report, ReportRecipients recipients)
    {
        var run = await given.Runs.StartAsync(owner, report, new RunRequest([ReportFormat.Csv], recipients), default);
        await given.Runner(new CountingWriter(ReportFormat.Csv), new CountingWriter(ReportFormat.Html)).RunNextAsync(default);
        return run.Id;
    }

    private async Task<string> EmailAsync(Guid user)
    {
        await using var db = await database.Data.OpenAsync(Caller.Installation, default);
        return await db.Users.Where(u => u.Id == user).Select(u => u.Email!).FirstAsync();
    }
}
