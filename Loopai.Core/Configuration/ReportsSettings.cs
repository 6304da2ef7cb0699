using System.ComponentModel.DataAnnotations;

namespace Loopai.Core.Configuration;

/// <summary>How reports are made and kept.</summary>
public sealed class ReportsSettings
{
    /// <summary>The Chromium that prints PDF files; empty for the one on PATH.</summary>
    public string Chromium { get; init; } = "";

    /// <summary>Days that the files of a run are kept, and that links in mails lead to them.</summary>
    [Range(1, 3650)]
    public int FileRetentionDays { get; init; } = 90;

    /// <summary>Files that are larger together are not attached to a mail; it carries links to them instead.</summary>
    [Range(0, 100)]
    public int MaxAttachmentMb { get; init; } = 10;

    /// <summary>The largest file that a run may make; files lie in the database.</summary>
    [Range(1, 200)]
    public int MaxFileMb { get; init; } = 50;
}
