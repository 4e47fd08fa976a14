import { Injectable } from '@nestjs/common';

type Document = Readonly<Record<string, unknown>>;

/** The OpenAPI document, built when it is first asked for: most processes are never asked. */
@Injectable()
export class DocumentHolder {
  private print: () => Document = () => {
    throw new Error('the document was asked for before the app was there');
  };
  private document: Document | undefined;

  from(print: () => Document): void {
    this.print = print;
  }

  get(): Document {
    this.document ??= this.print();
    return this.document;
  }
}
