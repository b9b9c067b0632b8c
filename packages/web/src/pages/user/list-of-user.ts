/** The traces of a user in a range, as parameters of the API. */
export interface ListOfUser {
  readonly project: string;
  readonly q: string;
  readonly bounds: { readonly from: string; readonly to: string };
}

/** Number of rows of each list on the page. */
export const SHOWN = 15;
