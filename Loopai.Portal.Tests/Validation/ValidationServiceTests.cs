using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Validation;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Validation;

public sealed class ValidationServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private readonly ValidationService _validations = new(fixture.Data, TimeProvider.System);

    [Fact]
    public async Task ListAsync_ManyAtTheSameTime_PagesNewestFirstWithoutGapOrRepeat()
    {
        var given = await Given.TaskAsync(fixture.Database);
        var ids = new HashSet<Guid>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add((await given.ExecutionAsync(at: Given.Noon.AddMinutes(i / 3))).Id);
        }

        var seen = new List<ValidationRecord>();
        for (var page = new PageRequest(2); page is not null;)
        {
            var window = await _validations.ListAsync(given.Caller, new ValidationFilter(), page, default);
            seen.AddRange(window.Items);
            page = window.NextCursor is null ? null : page with { Cursor = window.NextCursor };
        }

        seen.Select(v => v.Id).ShouldBe(ids, ignoreOrder: true);
        seen.Select(v => v.ExecutedAt).ShouldBeInOrder(SortDirection.Descending);
    }

    [Fact]
    public async Task ListAsync_EachFilter_Narrows()
    {
        var given = await Given.TaskAsync(fixture.Database);
        var wanted = await given.ExecutionAsync(version: 2, status: ValidationStatus.Matched, at: Given.Noon);
        await given.ExecutionAsync(version: 1, probability: null, at: Given.Noon.AddDays(1));
        ValidationFilter[] filters =
        [
            new(Version: 2), new(Status: ValidationStatus.Matched), new(SampledBy: SampledBy.Random), new(DecidedBy: DecidedBy.Labels), new(To: Given.Noon.AddHours(1)),
            new(given.Task.Id, 2, ValidationStatus.Matched, SampledBy.Random, DecidedBy.Labels, Given.Noon, Given.Noon.AddDays(1), given.Organization.EnvironmentId),
        ];
        foreach (var filter in filters)
        {
            (await _validations.ListAsync(given.Caller, filter, new PageRequest(), default)).Items.ShouldHaveSingleItem().Id.ShouldBe(wanted.Id, filter.ToString());
        }

        await Should.ThrowAsync<InvalidException>(() => _validations.ListAsync(given.Caller, new ValidationFilter(SampledBy: "luck"), new PageRequest(), default));
    }

    [Fact]
    public async Task EveryVerb_OfAnotherOrganization_FindsNothing()
    {
        var given = await Given.TaskAsync(fixture.Database);
        var stranger = (await Given.TaskAsync(fixture.Database)).Caller;
        var waiting = await given.ExecutionAsync(status: ValidationStatus.InReview);
        (await _validations.ListAsync(stranger, new ValidationFilter(), new PageRequest(), default)).Items.ShouldBeEmpty();
        (await _validations.ListInReviewAsync(stranger, null, null, new PageRequest(), default)).Items.ShouldBeEmpty();
        await Should.ThrowAsync<NotFoundException>(() => _validations.GetAsync(stranger, waiting.Id, default));
        await Should.ThrowAsync<NotFoundException>(() => _validations.DecideAsync(stranger, waiting.Id, new Verdict(Match: true), default));
        await Should.ThrowAsync<NotFoundException>(() => _validations.UndoAsync(stranger, waiting.Id, default));
    }

    [Fact]
    public async Task EveryVerb_KeyOfAnotherEnvironment_FindsNothing()
    {
        var given = await Given.TaskAsync(fixture.Database);
        var validation = await given.ExecutionAsync(status: ValidationStatus.InReview);
        var key = Caller.ForKey(Guid.CreateVersion7(), "ci", given.Organization.Id, Guid.CreateVersion7(), HeldPermissions.Everywhere(Permissions.DefaultKey), ownerId: null);
        (await _validations.ListAsync(key, new ValidationFilter(), new PageRequest(), default)).Items.ShouldBeEmpty();
        await Should.ThrowAsync<NotFoundException>(() => _validations.DecideAsync(key, validation.Id, new Verdict(Match: true), default));
        await Should.ThrowAsync<InvalidException>(
            () => _validations.ListAsync(key, new ValidationFilter(EnvironmentId: given.Organization.EnvironmentId), new PageRequest(), default));
    }

    [Fact]
    public async Task EveryVerb_WithoutPermission_IsForbidden()
    {
        var given = await Given.TaskAsync(fixture.Database);
        var validation = await given.ExecutionAsync(status: ValidationStatus.InReview);
        var reader = given.Person("reader", Permissions.ValidationsRead);
        await Should.ThrowAsync<ForbiddenException>(() => _validations.ListAsync(given.Person("none", Permissions.TasksRead), new ValidationFilter(), new PageRequest(), default));
        await Should.ThrowAsync<ForbiddenException>(() => _validations.DecideAsync(reader, validation.Id, new Verdict(Match: true), default));
        await Should.ThrowAsync<ForbiddenException>(() => _validations.UndoAsync(reader, validation.Id, default));
    }

    [Fact]
    public async Task ListInReviewAsync_Queue_IsOldestFirstWithInputAnswerAndClasses()
    {
        var given = await Given.TaskAsync(fixture.Database);
        await given.ExecutionAsync(input: """{"text":"second"}""", status: ValidationStatus.InReview, at: Given.Noon.AddDays(2));
        await given.ExecutionAsync(input: """{"text":"first"}""", status: ValidationStatus.InReview, at: Given.Noon);
        await given.ExecutionAsync(status: ValidationStatus.Pending, at: Given.Noon.AddDays(-1));
        var first = await _validations.ListInReviewAsync(given.Caller, given.Task.Id, null, new PageRequest(1), default);
        var second = await _validations.ListInReviewAsync(given.Caller, given.Task.Id, null, new PageRequest(1, first.NextCursor), default);
        first.Items.Single().Input.ShouldBe("""{"text":"first"}""");
        first.Items.Single().Classes.ShouldBe(["\"spam\"", "\"ham\""]);
        second.Items.Single().Input.ShouldBe("""{"text":"second"}""");
        second.NextCursor.ShouldBeNull();
        (await _validations.CountInReviewAsync(given.Caller, given.Task.Id, null, default)).ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"match":true}""", ValidationStatus.Matched, "\"spam\"")]
    [InlineData("""{"match":false}""", ValidationStatus.Mismatched, null)]
    [InlineData("""{"expected":"spam"}""", ValidationStatus.Matched, "\"spam\"")]
    [InlineData("""{"expected":"ham"}""", ValidationStatus.Mismatched, "\"ham\"")]
    public async Task DecideAsync_Verdict_IsKeptWithWhoGaveIt(string verdict, ValidationStatus status, string? expected)
    {
        var given = await Given.TaskAsync(fixture.Database);
        var waiting = await given.ExecutionAsync(status: ValidationStatus.InReview);
        var ada = given.Person("ada@acme.test");
        var decided = await _validations.DecideAsync(ada, waiting.Id, JsonSerializer.Deserialize<Verdict>(verdict, JsonSerializerOptions.Web)!, default);
        (decided.Status, decided.Expected, decided.DecidedBy, decided.DecidedByName, decided.DecidedById)
            .ShouldBe((status, expected, DecidedBy.Person, "ada@acme.test", ada.Id));
        (await AuditAsync(given, waiting.Id)).ShouldBe(["validation.decided"]);
    }

    [Fact]
    public async Task DecideAsync_NotExactlyOneOrOutsideTheSchema_IsInvalid()
    {
        var given = await Given.TaskAsync(fixture.Database);
        var waiting = await given.ExecutionAsync(status: ValidationStatus.InReview);
        Verdict[] wrong = [new(), new(Match: true, Expected: Json("\"ham\"")), new(Expected: Json("\"eggs\"")), new(Match: false, AddExample: true)];
        foreach (var verdict in wrong)
        {
            await Should.ThrowAsync<InvalidException>(() => _validations.DecideAsync(given.Caller, waiting.Id, verdict, default));
        }

        (await _validations.GetAsync(given.Caller, waiting.Id, default)).Validation.Status.ShouldBe(ValidationStatus.InReview);
    }

    [Fact]
    public async Task DecideAsync_ManyAtOnce_OneWinsAndTheOthersConflict()
    {
        var given = await Given.TaskAsync(fixture.Database);
        var waiting = await given.ExecutionAsync(status: ValidationStatus.InReview);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            try
            {
                await _validations.DecideAsync(given.Person($"reviewer {i}"), waiting.Id, new Verdict(Match: i % 2 == 0), default);
                return "won";
            }
            catch (ConflictException e)
            {
                return e.Code;
            }
        }));
        outcomes.Count(o => o == "won").ShouldBe(1);
        outcomes.Count(o => o == "validation.already_decided").ShouldBe(7);
        (await AuditAsync(given, waiting.Id)).ShouldBe(["validation.decided"]);
    }

    [Fact]
    public async Task UndoAsync_OwnVerdict_IsBackInReviewAndCanBeDecidedAgain()
    {
        var given = await Given.TaskAsync(fixture.Database);
        var waiting = await given.ExecutionAsync(status: ValidationStatus.InReview);
        var ada = given.Person("ada");
        await _validations.DecideAsync(ada, waiting.Id, new Verdict(Expected: Json("\"ham\""), AddExample: true), default);
        (await ExamplesAsync(given)).ShouldBe(["\"ham\""]);

        var undone = await _validations.UndoAsync(ada, waiting.Id, default);
        (undone.Status, undone.Expected, undone.DecidedBy, undone.DecidedById, undone.DecidedAt).ShouldBe((ValidationStatus.InReview, null, null, null, null));
        (await ExamplesAsync(given)).ShouldBeEmpty();
        await Should.ThrowAsync<ConflictException>(() => _validations.UndoAsync(ada, waiting.Id, default));

        (await _validations.DecideAsync(ada, waiting.Id, new Verdict(Match: true), default)).Status.ShouldBe(ValidationStatus.Matched);
        (await AuditAsync(given, waiting.Id)).ShouldBe(["validation.decided", "validation.undone", "validation.decided"]);
    }

    [Fact]
    public async Task UndoAsync_SomebodyElsesVerdict_NeedsTheRightToChangeTheTask()
    {
        var given = await Given.TaskAsync(fixture.Database);
        var waiting = await given.ExecutionAsync(status: ValidationStatus.InReview);
        await _validations.DecideAsync(given.Person("ada"), waiting.Id, new Verdict(Match: true), default);
        await Should.ThrowAsync<ForbiddenException>(() => _validations.UndoAsync(given.Person("bob"), waiting.Id, default));
        var owner = given.Person("olga", Permissions.ValidationsDecide, Permissions.TasksWrite);
        (await _validations.UndoAsync(owner, waiting.Id, default)).Status.ShouldBe(ValidationStatus.InReview);
    }

    [Fact]
    public async Task DecideAsync_AddExampleWhereALabelIs_LeavesTheLabel()
    {
        var given = await Given.TaskAsync(fixture.Database);
        await given.ExampleAsync("""{ "text": "x" }""", "\"spam\"");
        var waiting = await given.ExecutionAsync(status: ValidationStatus.InReview);
        await _validations.DecideAsync(given.Caller, waiting.Id, new Verdict(Expected: Json("\"ham\""), AddExample: true), default);
        (await ExamplesAsync(given)).ShouldBe(["\"spam\""]);
    }

    private static JsonElement Json(string text) => JsonElement.Parse(text);

    private async Task<List<string>> ExamplesAsync(Given given)
    {
        await using var db = await fixture.Data.OpenAsync(given.Caller, default);
        return await db.Examples.Where(e => e.TaskId == given.Task.Id).Select(e => e.Output).ToListAsync();
    }

    private async Task<List<string>> AuditAsync(Given given, Guid id)
    {
        await using var db = await fixture.Data.OpenAsync(given.Caller, default);
        return await db.AuditEvents.Where(e => e.ObjectId == id.ToString()).OrderBy(e => e.At).Select(e => e.Action).ToListAsync();
    }
}
