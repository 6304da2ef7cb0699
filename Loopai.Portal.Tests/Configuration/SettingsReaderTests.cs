using System.Text;
using Loopai.Core.Configuration;
using Loopai.Portal.Configuration;
using Microsoft.Extensions.Configuration;

namespace Loopai.Portal.Tests.Configuration;

public sealed class SettingsReaderTests
{
    [Fact]
    public void Read_Nothing_GivesEverySectionItsDefaults()
    {
        var (settings, faults) = SettingsReader.Read(new ConfigurationBuilder().Build());

        faults.ShouldBeEmpty();
        settings.Keys.ShouldBe(SettingsSections.All.Values, ignoreOrder: true);
    }

    [Fact]
    public void Read_ValueOfTheEnvironment_IsBound()
    {
        var (settings, faults) = Read(("Execution:Durability", "fast"), ("Demo:Enabled", "true"));

        faults.ShouldBeEmpty();
        ((ExecutionSettings)settings[typeof(ExecutionSettings)]).Durability.ShouldBe(ExecutionDurability.Fast);
        ((DemoSettings)settings[typeof(DemoSettings)]).Enabled.ShouldBeTrue();
    }

    [Theory]
    [InlineData("Portal:Url", "localhost:8080", "give http or https with a host and a port")]
    [InlineData("Portal:Url", "", "Portal:Url is empty: give the address to listen on")]
    [InlineData("Portal:PublicUrl", "loopai.example.com", "give the whole address")]
    [InlineData("Portal:TrustedProxies", "10.0.0.0/8 proxy", "\"proxy\" is no network")]
    [InlineData("Database:Provider", "Oracle", "give PostgreSql or SqlServer")]
    [InlineData("Database:Provider", "1", "give PostgreSql or SqlServer")]
    [InlineData("Database:Provider", "SqlServer", "Database:ConnectionString is empty: give the server's connection string")]
    [InlineData("Execution:MaxBatchItems", "many", "Execution:MaxBatchItems is \"many\": give a whole number")]
    [InlineData("Execution:MaxBatchItems", "0", "give a number from 1 to 1000000")]
    [InlineData("Execution:DefaultTimeoutMs", "60001", "give at most Execution:MaxTimeoutMs, which is 60000")]
    [InlineData("Execution:MaxBatchBodyBytes", "2048", "give at least Execution:MaxBodyBytes")]
    [InlineData("Sandbox:Enabled", "yes", "give true or false")]
    [InlineData("Sandbox:WorkersPerProgram", "17", "give at most Sandbox:MaxWorkers, which is 16")]
    [InlineData("Demo:Organization", "Acme Inc", "give a slug")]
    [InlineData("Accounts:MinPasswordLengt", "12", "is not a setting: did you mean Accounts:MinPasswordLength")]
    [InlineData("Accounts:Colour", "red", "is not a setting: remove it, or see docs/configuration.md")]
    public void Read_OneWrongSetting_NamesItAndTheMend(string setting, string value, string message)
    {
        Read((setting, value)).Faults.ShouldHaveSingleItem().ToString().ShouldContain(message);
    }

    [Fact]
    public void Read_SeveralWrongSettings_ReportsAll()
    {
        Read(("Portal:Url", "x"), ("Execution:QueueLimit", "-1"), ("Sandbox:Memory", "1")).Faults
            .Select(fault => fault.Setting).ShouldBe(["Portal:Url", "Execution:QueueLimit", "Sandbox:Memory"], ignoreOrder: true);
    }

    [Fact]
    public void Read_MistypedSectionInTheFile_IsReported()
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes("""{ "Excution": { "QueueLimit": 5 } }"""));

        var (_, faults) = SettingsReader.Read(new ConfigurationBuilder().AddJsonStream(file).AddInMemoryCollection([new("PATH", "/bin")]).Build());

        faults.ShouldHaveSingleItem().ToString().ShouldBe("Excution is not a setting: did you mean Execution.");
    }

    [Fact]
    public void Fault_OfAConnectionString_KeepsItsPasswordToItself()
    {
        Read(("Database:MigrationConnectionString", "Host=db;Password=hunter2")).Faults
            .ShouldHaveSingleItem().ToString().ShouldNotContain("hunter2");
    }

    private static (IReadOnlyDictionary<Type, object> Settings, IReadOnlyList<SettingFault> Faults) Read(params (string Key, string? Value)[] values) =>
        SettingsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(v => v.Key, v => v.Value)).Build());
}
