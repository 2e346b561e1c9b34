/** What Polaris's administrator must grant or set, in Polaris's own words; for staff. */
export const grants = {
  keys:
    'A PAPI access ID and access key that belong together and may use this method (Polaris Administration, PAPI access keys); ' +
    'the address in the settings must be the one that the PAPI server itself sees (ExternalHostname), and the signature its KeyedHashAlgorithm.',
  patron:
    'A PAPI access key that may use the patron methods. Where it may, the patron’s AccessSecret was refused: it runs out after 24 hours, and the patron signs in again.',
  signInAgain: 'Nothing: the patron’s AccessSecret has run out and the patron signs in again.',
  method:
    'Permission of the PAPI access key for this method, and of the staff account where it is a protected one.',
  address:
    'A Polaris that has the method. Where all are missing, “url” leads to something else: it is the address of the API, mostly https://HOST/PAPIService.',
  https:
    'Protected methods answer over https alone: give the address as https, with a binding on port 443 in IIS.',
  staff:
    'A Polaris staff account of Carrel’s own (domain, user name, password), in Polaris System Administration, with the PAPI protected methods allowed. ' +
    'After three failed sign-ins in five minutes Polaris locks it for a while.',
  noStaff:
    'A Polaris staff account of Carrel’s own: protected methods (synch, harvest, exact item statuses) need AuthenticateStaffUser.',
  ids: 'Existing ids in the settings: organization, requesting organization, Polaris user and workstation, and a user who may place holds.',
  clock: (minutes: number): string =>
    `The right time on both machines (NTP): the Polaris server’s clock is ${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead of' : 'behind'} Carrel’s, and PAPI refuses signatures whose date is more than 30 minutes off.`,
} as const;
