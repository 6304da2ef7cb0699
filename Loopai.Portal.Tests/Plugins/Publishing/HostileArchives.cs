using System.Text;
using Loopai.Portal.Tests.Plugins.Packages;

namespace Loopai.Portal.Tests.Plugins.Publishing;

/// <summary>Archives that were made to do harm to whoever unpacks them, or to show one thing to a scanner and another to the runtime.</summary>
internal static class HostileArchives
{
    public static IEnumerable<CorpusPackage> All()
    {
        yield return Entry("a path that climbs out", new RawEntry("../../etc/cron.d/x", Bytes("x")), "package.path-traversal");
        yield return Entry("a path that climbs in the middle", new RawEntry("lib/../../x.py", Bytes("x")), "package.path-traversal");
        yield return Entry("an absolute path", new RawEntry("/etc/passwd", Bytes("x")), "package.absolute-path");
        yield return Entry("a path of Windows", new RawEntry("..\\..\\x.py", Bytes("x")), "package.absolute-path");
        yield return Entry("a drive's path", new RawEntry("C:/x.py", Bytes("x")), "package.absolute-path");
        yield return Entry("a symbolic link", new RawEntry("data", Bytes("/etc/passwd")) { UnixMode = 0xA1FF }, "package.link");
        yield return Entry("a device", new RawEntry("tty", []) { UnixMode = 0x21B6 }, "package.special-file");
        yield return Entry("a named pipe", new RawEntry("pipe", []) { UnixMode = 0x11B6 }, "package.special-file");
        yield return Entry("the entry twice", new RawEntry("main.py", Bytes("import os")), "package.duplicate-name");
        yield return Entry("the entry in capitals too", new RawEntry("MAIN.py", Bytes("import os")), "package.duplicate-name");
        yield return Entry("a file where a folder is", new RawEntry("main.py/x.py", Bytes("x")), "package.duplicate-name");
        yield return Entry("an encrypted entry", new RawEntry("x.py", Bytes("x")) { Flags = 1 }, "package.encrypted");
        yield return Entry("a bomb", new RawEntry("zeros.txt", new byte[9 * 1024 * 1024]), "package.bomb");
        yield return Entry("an entry larger than allowed", new RawEntry("zeros.txt", new byte[11 * 1024 * 1024]), "package.bomb");
        yield return Entry("a bomb that says it is small", new RawEntry("zeros.txt", new byte[9 * 1024 * 1024]) { DeclaredSize = 10 }, "package.bomb");
        yield return Entry("a size that is not true", new RawEntry("x.py", Bytes("print(1)")) { DeclaredSize = 3 }, "package.lying-header");
        yield return Entry("entries that share their bytes", new RawEntry("x.py", Bytes("x")) { Offset = 0, HeaderName = "plugin.json" }, "package.not-zip");
        yield return Entry("another name in the header than in the directory", new RawEntry("x.py", Bytes("import os")) { HeaderName = "y.md" }, "package.not-zip");
        yield return Entry("an archive within", new RawEntry("more.dat", new RawZip().Add("x.py", "import os").Build()), "package.nested-archive");
        yield return Entry("a name that is no UTF-8", new RawEntry([0x78, 0xFF, 0xFE, 0x2E, 0x70, 0x79], Bytes("x")), "package.bad-name");
        yield return Entry("a name with a line break", new RawEntry("x\n.py", Bytes("x")), "package.bad-name");
        yield return Entry("a device of Windows", new RawEntry("aux.py", Bytes("x")), "package.bad-name");
        yield return Entry("another name in an extra field", new RawEntry("x.md", Bytes("x")) { Extra = [0x75, 0x70, 6, 0, 1, 0, 0, 0, 0, 0x79] }, "package.odd-extra");
        yield return Entry("an unusual packing", new RawEntry("x.py", Bytes("x")) { Method = 12 }, "package.method");
        yield return new CorpusPackage("bytes after the end", GivenPackage.Validator().Zip(new RawZip { After = Bytes("#!/bin/sh\nid\n") }).Build(), "package.not-zip");
        yield return new CorpusPackage("a program before the archive", GivenPackage.Validator().Zip(new RawZip { Before = Bytes("#!/bin/sh\nid\n") }).Build(), "package.overlap");
        yield return new CorpusPackage("more entries than allowed", Enumerable.Range(0, 600).Aggregate(GivenPackage.Validator().Zip(), (zip, i) => zip.Add($"f{i}.txt", "x")).Build(), "package.too-many-files");
        yield return new CorpusPackage("a whole top-level domain as host", GivenPackage.Validator().With("capabilities", """{"network":["*.com"]}""").Build(), "manifest.invalid");
        yield return new CorpusPackage("an address of the machine itself as host", GivenPackage.Validator().With("capabilities", """{"network":["127.0.0.1"]}""").Build(), "manifest.invalid");
    }

    private static CorpusPackage Entry(string name, RawEntry entry, string rule) => new(name, GivenPackage.Validator().Zip().Add(entry).Build(), rule);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
