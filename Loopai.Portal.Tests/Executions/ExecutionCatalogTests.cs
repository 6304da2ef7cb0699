using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Validation;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Executions;

public sealed class ExecutionCatalogTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private readonly ExecutionCatalog _catalog = new(fixture.Data);

    [Fact]
    public async Task FindAsync_ManyAfterAChange_ReadItOnce()
    {
        var given = await Given.TaskAsync(fixture.Database);
        await _catalog.FindAsync(given.Caller, given.Task.Id);
        _catalog.Forget(new Change("tasks", given.Task.Id));

        var found = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _catalog.FindAsync(given.Caller, given.Task.Id).AsTask()));

        found.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task FindAsync_WhatWasAbsent_IsReadAgainOnlyAfterAChange()
    {
        var given = await Given.TaskAsync(fixture.Database);
        var other = await fixture.Database.AddOrganizationAsync();
        (await _catalog.FindAsync(other.Caller, given.Task.Id)).ShouldBeNull();

        await using (var db = await fixture.Data.OpenAsync(Caller.Installation, default))
        {
            await db.Database.ExecuteSqlAsync($"UPDATE tasks SET organization_id = {other.Id} WHERE id = {given.Task.Id}");
        }

        (await _catalog.FindAsync(other.Caller, given.Task.Id)).ShouldBeNull();
        _catalog.Forget(new Change("tasks", given.Task.Id));
        (await _catalog.FindAsync(other.Caller, given.Task.Id)).ShouldNotBeNull();
    }

    [Fact]
    public async Task FindAsync_TaskOfAnother_IsNobodysUntilItsOwnerAsks()
    {
        var given = await Given.TaskAsync(fixture.Database);
        var other = await fixture.Database.AddOrganizationAsync();

        (await _catalog.FindAsync(other.Caller, given.Task.Id)).ShouldBeNull();
        (await _catalog.FindAsync(given.Caller, given.Task.Id)).ShouldNotBeNull();
        (await _catalog.FindAsync(other.Caller, given.Task.Id)).ShouldBeNull();
    }
}
