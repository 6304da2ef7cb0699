namespace Loopai.Core.Programs;

/// <summary>What a program is written in, and with that, where it runs.</summary>
public enum ProgramLanguage
{
    /// <summary>Data made by the synthesizer; runs in process.</summary>
    Model,

    /// <summary>Python source; runs in a sandboxed worker.</summary>
    Python,

    /// <summary>JavaScript source; runs in a sandboxed worker.</summary>
    JavaScript,
}
