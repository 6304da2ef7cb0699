using Loopai.Bench.Synthesis;

// export: writes the mails and the splits for the scikit-learn script; mail: the mail table; few: the few-shot table.
switch (args)
{
    case ["export", var modules, var folder]:
        MailBench.Export(modules, folder);
        return 0;
    case ["mail", var folder, .. var strategies]:
        MailBench.Run(folder, strategies);
        return 0;
    case ["few", var sets]:
        FewShotBench.Run(sets);
        return 0;
    default:
        Console.Error.WriteLine("usage: export NODE_MODULES FOLDER | mail FOLDER [auto|ml|rule|hybrid ...] | few CONFORMANCE_CLASSIFICATION");
        return 2;
}
