using System.Text;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Portal.Tests.Plugins.Packages;

public sealed class PluginPackageReaderTests
{
    [Theory]
    [InlineData("python")]
    [InlineData("javascript")]
    public void Read_HonestPackage_HasItsFiles(string language)
    {
        var package = GivenPackage.Validator(language: language).File("lib/data.json", "{}").Read();

        package.Files.Keys.ShouldContain("lib/data.json");
        package.ManifestJson.ShouldStartWith("{");
        package.FileHashes()["lib/data.json"].ShouldBe("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
        package.Sha256.Length.ShouldBe(64);
    }

    [Fact]
    public void Read_EveryPrefixOfAPackage_IsRefusedWithoutThrowing()
    {
        var zip = GivenPackage.Validator().Build();

        for (var length = 0; length < zip.Length; length++)
        {
            PluginPackageReader.Read(zip.AsMemory(0, length)).Findings.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public void Read_AnyByteChanged_NeverThrows()
    {
        var zip = GivenPackage.Validator().Build();
        var random = new Random(7);
        for (var i = 0; i < 3000; i++)
        {
            var changed = zip.ToArray();
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            Should.NotThrow(() => PluginPackageReader.Read(changed));
        }
    }

    [Fact]
    public void Read_FolderPackedInsteadOfItsContents_SaysWhereTheManifestIs()
    {
        var (_, findings) = PluginPackageReader.Read(new RawZip().Add("guard/plugin.json", "{}").Build());

        findings.Single().Mend.ShouldContain("guard/plugin.json");
    }

    [Fact]
    public void Read_SeveralThingsMissing_TellsAll()
    {
        var package = GivenPackage.Validator().WithoutFile("README.md").WithoutFile("tests.json").With("icon", "\"icon.png\"").With("license", "\"LicenseRef-ours\"").WithoutFile("LICENSE");

        PluginPackageReader.Read(package.Build()).Findings.Select(f => f.File).ShouldBe(["README.md", "tests.json", "icon.png", "LICENSE"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CHANGELOG.md")]
    public void Read_PageThatNobodyReads_IsRefused(string page)
    {
        var text = new byte[PackageLimits.MaxPageBytes + 1];
        new Random(7).NextBytes(text);

        PluginPackageReader.Read(GivenPackage.Validator().File(page, Encoding.ASCII.GetBytes(Convert.ToBase64String(text))).Build())
            .Findings.Select(f => (f.Rule, f.File)).ShouldBe([("package.too-large", page)]);
    }

    [Fact]
    public void ReadFile_OneOfMany_IsWhatWasPacked()
    {
        var zip = GivenPackage.Validator().File("lib/data.json", "{}").Build();

        Encoding.UTF8.GetString(PluginPackageReader.ReadFile(zip, "lib/data.json")!.Value.Span).ShouldBe("{}");
        PluginPackageReader.ReadFile(zip, "lib/none.json").ShouldBeNull();
        PluginPackageReader.ReadFile(zip.AsMemory(1), "lib/data.json").ShouldBeNull();
    }

    [Fact]
    public void Crc_TheStandardsExample_IsItsFigure() => ZipInflater.Crc(Encoding.ASCII.GetBytes("123456789")).ShouldBe(0xcbf43926u);
}
