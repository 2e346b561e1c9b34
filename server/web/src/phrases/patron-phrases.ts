/** What the page says to somebody who signs in, and when they are done. Written as the rest: short, warm, exact. */
export interface PatronPhrases {
  close: string;
  /** Stands before words of the library's own system. */
  systemSays: string;
  askingWho: string;
  signIn: {
    title: string;
    leave: string;
    card: string;
    pin: string;
    showPin: string;
    hidePin: string;
    asking: string;
    needBoth: string;
    privacy: string;
    /** In place of `privacy` where lenders of e-books are handed card and PIN too. */
    privacyWith: (lenders: readonly string[]) => string;
    demo: string;
    forHold: (title: string) => string;
    waitSeconds: (n: number) => string;
    waitMinutes: (n: number) => string;
  };
  account: {
    title: string;
    signInFirst: string;
    noAccounts: string;
    asking: string;
    asOf: (time: string) => string;
    away: string;
    demo: string;
    lookAgain: string;
    blocked: string;
    cardUntil: (day: string) => string;
  };
  loans: {
    title: string;
    none: string;
    untold: string;
    due: string;
    overdue: string;
    noDate: string;
    renew: string;
    renewing: string;
    renewalsLeft: (n: number) => string;
    notRenewable: string;
    lost: string;
  };
  holds: {
    title: string;
    none: string;
    untold: string;
    inLine: (position: number, total: number | null) => string;
    fetchAt: (branch: string) => string;
    fetchBy: (branch: string, day: string) => string;
    keptUntil: (day: string) => string;
    cancel: string;
    cancelling: string;
    sure: string;
    sureReady: string;
    keep: string;
    cancelYes: string;
    lost: string;
  };
  /** What one has at a lender of e-books. */
  lender: {
    title: (lender: string) => string;
    asking: (lender: string) => string;
    asOf: (lender: string, time: string) => string;
    loans: string;
    noLoans: string;
    holds: string;
    noHolds: string;
    untold: (lender: string) => string;
    untitled: (lender: string) => string;
    until: string;
    read: (lender: string) => string;
    listen: (lender: string) => string;
    borrow: (lender: string) => string;
    see: (lender: string) => string;
    format: Record<'ebook' | 'eaudiobook' | 'magazine' | 'video', string>;
  };
  owed: { title: string; none: string; untold: string; total: string };
  hold: {
    title: string;
    titleOf: (title: string) => string;
    askingWhere: string;
    cannotAsk: string;
    nowhere: string;
    where: string;
    youAreHere: string;
    yourBranch: string;
    inHere: string;
    place: string;
    placing: string;
    /** The patron looks at something else meanwhile. */
    placingBehind: (title: string) => string;
    fetchAt: (branch: string) => string;
    seeHolds: string;
    otherBranch: string;
    goOn: string;
    declined: string;
    lost: string;
    questionLabel: string;
    no: string;
    yes: string;
    noFee: string;
    yesFee: string;
  };
  data: {
    title: string;
    intro: string;
    kept: Record<'memory' | 'encrypted' | 'elsewhere' | 'nowhere', string>;
    part: Record<
      'session' | 'choices' | 'lists' | 'history' | 'lenders' | 'library_system' | 'never',
      string
    >;
    until: (when: string) => string;
    choicesTitle: string;
    choicesIntro: string;
    lists: string;
    listsMeans: string;
    history: string;
    historyMeans: string;
    keepFor: string;
    days: (n: number) => string;
    keepMeans: string;
    off: (part: string) => string;
    offYes: string;
    offNo: string;
    saved: string;
    failed: string;
    historyTitle: string;
    seenOn: (day: string) => string;
    takeTitle: string;
    takeMeans: string;
    take: string;
    erase: string;
    eraseMeans: string;
    eraseSure: string;
    eraseYes: string;
    eraseNo: string;
    erased: string;
    everywhere: string;
    everywhereMeans: string;
  };
  lists: {
    title: string;
    none: string;
    newName: string;
    make: string;
    remove: string;
    removeSure: string;
    removeYes: string;
    removeNo: string;
    takeOff: string;
    noLonger: string;
    empty: string;
    keepThis: string;
    keptOn: (list: string) => string;
    failed: string;
  };
  visit: {
    done: string;
    clearing: string;
    cleared: string;
    notYet: string;
    notYetBody: string;
    signedOut: string;
    stillThere: string;
    clearsIn: (seconds: number) => string;
    stay: string;
  };
  /** Copies that a lender of e-books has. */
  ecopy: {
    as: Record<'ebook' | 'eaudiobook' | 'magazine' | 'video' | 'other', (lender: string) => string>;
    inOf: (available: number, owned: number) => string;
    in: string;
    out: (waiting: number) => string;
    unknown: string;
    wasIn: (time: string) => string;
    wasOut: (time: string) => string;
    elsewhere: string;
  };
  /** While the library's system is being asked, before what is remembered. */
  asking: string;
}
