namespace Loopai.Infrastructure.Postgres.Embedded;

/// <summary>Writes what the server says to <c>postgres.log</c>, which never takes more than two files of the bound.</summary>
internal sealed class PostgresLog(string path, long bound = 5 * 1024 * 1024)
{
    private const int LinesKept = 20;
    private readonly Queue<string> last = new();

    /// <summary>The latest lines, for the message of a start that failed.</summary>
    public string Tail
    {
        get
        {
            lock (last)
            {
                return string.Join('\n', last);
            }
        }
    }

    /// <summary>Copies until the server closes its end.</summary>
    public async Task CopyAsync(TextReader source)
    {
        var writer = Open();
        try
        {
            while (await source.ReadLineAsync() is { } line)
            {
                Remember(line);
                await writer.WriteLineAsync(line);
                await writer.FlushAsync();
                if (writer.BaseStream.Length > bound)
                {
                    await writer.DisposeAsync();
                    File.Move(path, path + ".1", overwrite: true);
                    writer = Open();
                }
            }
        }
        finally
        {
            await writer.DisposeAsync();
        }
    }

    private StreamWriter Open() => new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, 4096, useAsync: true));

    private void Remember(string line)
    {
        lock (last)
        {
            last.Enqueue(line);
            if (last.Count > LinesKept)
            {
                last.Dequeue();
            }
        }
    }
}
