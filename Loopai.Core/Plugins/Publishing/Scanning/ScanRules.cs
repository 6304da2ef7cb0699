namespace Loopai.Core.Plugins.Publishing.Scanning;

/// <summary>What the author does about a finding, by rule.</summary>
internal static class ScanRules
{
    public static string Mend(string rule) => rule switch
    {
        "code.syntax" => "Mend the file, or take it out of the package.",
        "code.dynamic" => "Write the code out; plugins do not make code from texts.",
        "code.reflection" => "Use the value's own methods and keys.",
        "code.process" => "Take it out; plugins start no processes and threads and do not end the worker.",
        "code.network" => "Use loopai.fetch, and declare the host in capabilities.network.",
        "code.filesystem" => "Put data into the package and read it with loopai.read.",
        "code.native" => "Write it in Python or JavaScript.",
        "code.module" => "Put the module's source into the package, or do without.",
        _ => "Write it so that a reader sees what it does.",
    };
}
