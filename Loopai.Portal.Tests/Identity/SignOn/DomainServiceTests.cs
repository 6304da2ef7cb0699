using Loopai.Core.Errors;
using Loopai.Core.Identity.SignOn;
using Loopai.Portal.Tests.Data;

namespace Loopai.Portal.Tests.Identity.SignOn;

public sealed class DomainServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private readonly ZoneFile _dns = new();
    private readonly SettableTime _time = new();

    private DomainService Domains => new(fixture.Data, _dns, _time);

    [Theory]
    [InlineData("")]
    [InlineData("_loopai.")]
    public async Task VerifyAsync_RecordIsThere_TheDomainCounts(string place)
    {
        var organization = await fixture.Database.AddOrganizationAsync();
        var domain = await Domains.AddAsync(organization.Caller, NewDomain(), default);
        (await Domains.VerifyAsync(organization.Caller, domain.Id, default)).LastFailure!.ShouldContain("No TXT record");

        _dns.Add(place + domain.Domain, "v=spf1 -all", domain.Record);

        var verified = await Domains.VerifyAsync(organization.Caller, domain.Id, default);
        (verified.VerifiedAt.HasValue, verified.LastFailure).ShouldBe((true, null));
    }

    [Fact]
    public async Task VerifyAsync_TokenOfAnotherOrganization_DoesNotCount()
    {
        var (one, other) = (await fixture.Database.AddOrganizationAsync(), await fixture.Database.AddOrganizationAsync());
        var name = NewDomain();
        var (ours, theirs) = (await Domains.AddAsync(one.Caller, name, default), await Domains.AddAsync(other.Caller, name, default));
        _dns.Add(name, ours.Record);

        (await Domains.VerifyAsync(other.Caller, theirs.Id, default)).VerifiedAt.ShouldBeNull();
    }

    [Fact]
    public async Task VerifyAsync_DomainOfAnotherOrganization_IsTaken_EvenWithBothRecords()
    {
        var (one, other) = (await fixture.Database.AddOrganizationAsync(), await fixture.Database.AddOrganizationAsync());
        var name = NewDomain();
        var (first, second) = (await Domains.AddAsync(one.Caller, name, default), await Domains.AddAsync(other.Caller, name, default));
        _dns.Add(name, first.Record, second.Record);
        await Domains.VerifyAsync(one.Caller, first.Id, default);

        (await Should.ThrowAsync<ConflictException>(Domains.VerifyAsync(other.Caller, second.Id, default))).Code.ShouldBe("sign_on.domain_taken");

        await Domains.RemoveAsync(one.Caller, first.Id, default);
        (await Domains.VerifyAsync(other.Caller, second.Id, default)).VerifiedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task CheckDueAsync_RecordIsGone_TheDomainIsLostAfterThreeDays_NotBefore()
    {
        var organization = await fixture.Database.AddOrganizationAsync();
        var domain = await Domains.AddAsync(organization.Caller, NewDomain(), default);
        _dns.Add(domain.Domain, domain.Record);
        await Domains.VerifyAsync(organization.Caller, domain.Id, default);
        _dns.Remove(domain.Domain);

        foreach (var stands in new[] { true, true, false })
        {
            _time.Now += TimeSpan.FromHours(25);
            await Domains.CheckDueAsync(default);
            (await FindAsync(organization, domain.Id)).VerifiedAt.HasValue.ShouldBe(stands);
        }
    }

    [Fact]
    public async Task CheckDueAsync_DnsIsAway_TheDomainStands()
    {
        var organization = await fixture.Database.AddOrganizationAsync();
        var domain = await Domains.AddAsync(organization.Caller, NewDomain(), default);
        _dns.Add(domain.Domain, domain.Record);
        await Domains.VerifyAsync(organization.Caller, domain.Id, default);
        _dns.IsAway = true;

        for (var day = 0; day < 5; day++)
        {
            _time.Now += TimeSpan.FromHours(25);
            await Domains.CheckDueAsync(default);
        }

        (await FindAsync(organization, domain.Id)).VerifiedAt.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("10.0.0.1")]
    [InlineData("https://acme.com")]
    [InlineData("ada@acme.com")]
    public async Task AddAsync_NoDomain_IsRefused(string name)
    {
        var organization = await fixture.Database.AddOrganizationAsync();

        (await Should.ThrowAsync<InvalidException>(Domains.AddAsync(organization.Caller, name, default))).Errors.Keys.ShouldBe(["domain"]);
    }

    private static string NewDomain() => $"d{Guid.NewGuid():n}.example";

    private async Task<VerifiedDomain> FindAsync(TestOrganization organization, Guid id) =>
        (await Domains.ListAsync(organization.Caller, default)).Single(d => d.Id == id);

    private sealed class ZoneFile : IDnsTxtResolver
    {
        private readonly Dictionary<string, string[]> _records = new(StringComparer.OrdinalIgnoreCase);

        public bool IsAway { get; set; }

        public void Add(string name, params string[] texts) => _records[name] = texts;

        public void Remove(string name) => _records.Remove(name);

        public Task<IReadOnlyList<string>> TxtAsync(string name, CancellationToken ct) => IsAway
            ? throw new UnavailableException("dns.unavailable", "No DNS server answered.")
            : Task.FromResult<IReadOnlyList<string>>(_records.GetValueOrDefault(name) ?? []);
    }
}
